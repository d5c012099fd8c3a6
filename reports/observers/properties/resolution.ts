import { deadlineOf } from '../judge-state.ts';
import { defineProperty, find, laneTally } from './property.ts';

/**
 * eventually: every message reaches an end by max(GST, timeout or sending) + the bound of its lane. `stranded` is no
 * end.
 * @source FAULTS 3.4, L2
 */
export const resolution = defineProperty<null>({
  slug: 'resolution',
  id: 'L2',
  group: 'liveness',
  summary: 'every message is at an end by max(GST, timeout or sending) + the bound of its lane',
  requires: ['byzantine', 'synchrony', 'block-gap', 'honest-relayers', 'serving-provers'],
  applies: (declarations) => declarations.lanes.length > 0,
  create: () => null,
  onFinished: (p, judge, message, isEnd) => {
    if (message.id < 0) return;
    const tally = laneTally(p, judge, message.lane);
    const deadlineUs = deadlineOf(judge, message);
    const reachedUs = isEnd ? message.sinceUs : judge.at.timeUs;
    const slackUs = deadlineUs - reachedUs;
    if (!isEnd && slackUs > 0) {
      tally.notDue++;
      tally.latestDueUs = Math.max(tally.latestDueUs, deadlineUs);
      return;
    }
    tally.checked++;
    if (slackUs < tally.leastSlackUs) tally.leastSlackUs = slackUs;
    if (isEnd && slackUs >= 0) {
      tally.met++;
      return;
    }
    const what = isEnd ? `${message.state} ${-slackUs}us after its deadline` : `still ${message.state} at its deadline`;
    find(p, judge, { tally, message: message.name, timeUs: deadlineUs, what });
  },
});
