/** What attesters have in common must be of attesters that there are, and leave each of them able to sign. */
import type { CommitteeEntry, Scenario } from './scenario.ts';
import type { ScenarioText } from './schema.ts';
import { known } from './meaning-names.ts';
import { committeesBelow } from './resolve-causes.ts';
import type { ProblemList } from './text/validate.ts';
import { committeesOfLane } from './verifier-tree.ts';

/** Kinds of which a member has one at most: a key lies in one place, and so does a process. */
const ALONE = ['custodian', 'cloud', 'client-software'] as const;

export function checkCauses(scenario: Scenario, text: ScenarioText, list: ProblemList): void {
  const committees = Object.entries(scenario.lanes).flatMap(([name, lane]) => committeesOfLane(name, lane));
  for (const [id, cause] of Object.entries(text.causes ?? {})) {
    for (const [name, members] of Object.entries(cause.of)) {
      const path = ['causes', id, 'of', name];
      const below = committeesBelow(committees, name);
      if (below.length === 0) {
        known(
          list,
          path,
          'committee',
          name,
          committees.map((each) => each.name),
        );
      }
      if (members === 'all') continue;
      const least = Math.min(...below.map(({ entry }) => entry.members));
      if (below.length > 0 && members.some((member) => member >= least)) {
        list.at(path, 'E137', 'no such members', { expected: `0..${least - 1}`, got: members.join(', ') });
      }
    }
  }
  for (const { name, entry } of committees) checkMembers(scenario, name, entry, list);
}

function checkMembers(scenario: Scenario, name: string, entry: CommitteeEntry, list: ProblemList): void {
  for (let member = 0; member < entry.members; member++) {
    const own = Object.entries(scenario.causes ?? {}).filter(([, cause]) =>
      cause.of.some(({ committee, members }) => committee === name && members.includes(member)),
    );
    for (const kind of ALONE) {
      const [, second] = own.filter(([, cause]) => cause.kind === kind);
      if (second === undefined) continue;
      list.at(['causes', second[0], 'of'], 'E139', `member ${member} of ${name} has two of kind ${kind}`, {
        expected: 'one at most',
      });
      return;
    }
    const providers = own.filter(([, cause]) => cause.kind === 'rpc-provider').length;
    if (entry.providersAgree !== undefined && providers > 0 && entry.providersAgree > providers) {
      const lane = name.split('.')[0] as string;
      const what = `member ${member} of ${name} has fewer providers than must agree`;
      list.at(['lanes', lane, 'verifier'], 'E133', what, {
        expected: `at most ${providers}`,
        got: String(entry.providersAgree),
      });
      return;
    }
  }
}
