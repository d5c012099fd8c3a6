/** Assumptions from their text. */
import { nearest } from '../grammar/nearest.ts';
import type { AssumptionEntry, LaneEntry } from './scenario.ts';
import { ASSUMPTION_KINDS, type AssumptionText } from './schema.ts';
import type { Problem } from './text/errors.ts';
import { isMap, type Located, pathText, placeOfKey } from './text/located.ts';
import { committeesOfLane } from './verifier-tree.ts';

export function resolveAssumption(text: AssumptionText, lanes: Readonly<Record<string, LaneEntry>>): AssumptionEntry {
  if ('byzantine' in text) return { kind: 'byzantine', subject: text.byzantine, below: text.below };
  if ('reorg' in text) return { kind: 'reorg', subject: text.reorg, atMost: text['at-most'] };
  if ('block-gap' in text) return { kind: 'block-gap', subject: text['block-gap'], atMost: text['at-most'] };
  if ('honest-relayers' in text) {
    return { kind: 'honest-relayers', subject: text['honest-relayers'], atLeast: text['at-least'] };
  }
  if ('serving-provers' in text) {
    return { kind: 'serving-provers', subject: text['serving-provers'], atLeast: text['at-least'] };
  }
  if ('sound-circuit' in text) return { kind: 'sound-circuit', subject: text['sound-circuit'] };
  const kind = 'lying-sources' in text ? 'lying-sources' : 'honest-committee';
  const subject = 'lying-sources' in text ? text['lying-sources'] : text['honest-committee'];
  const committees = Object.entries(lanes).flatMap(([name, lane]) => committeesOfLane(name, lane));
  const threshold = committees.find(({ name }) => name === subject)?.entry.threshold ?? 1;
  return { kind, subject, below: text.below === 'threshold' ? threshold : text.below };
}

/** Bounds stand beside the kind, so no entry is named by them. */
const BOUNDS: readonly string[] = ['below', 'at-most', 'at-least'];

/** Entries that are of no kind, which a schema can only say of each kind in turn. */
export function unknownAssumptions(located: Located): Problem[] {
  const entries = isMap(located.value) ? located.value['assume'] : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry, index): Problem[] => {
    if (!isMap(entry)) return [];
    const keys = Object.keys(entry);
    if (keys.some((key) => ASSUMPTION_KINDS.includes(key))) return [];
    const kind = keys.find((key) => !BOUNDS.includes(key));
    const near = kind === undefined ? undefined : nearest(kind, ASSUMPTION_KINDS);
    const path = kind === undefined ? ['assume', index] : ['assume', index, kind];
    return [
      {
        ...placeOfKey(located, path),
        code: 'E121',
        path: pathText(path),
        what: kind === undefined ? 'an assumption of no kind' : `unknown assumption ${kind}`,
        expected: `one of ${ASSUMPTION_KINDS.join(', ')}`,
        got: '',
        hint: near === undefined ? '' : `did you mean ${near}?`,
      },
    ];
  });
}
