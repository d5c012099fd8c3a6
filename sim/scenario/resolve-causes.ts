/** Causes from their text: which members of which committees depend on each. */
import type { CauseEntry, LaneEntry } from './scenario.ts';
import type { CauseText } from './schema-causes.ts';
import { committeesOfLane, type NamedCommittee } from './verifier-tree.ts';

export function resolveCause(text: CauseText, lanes: Readonly<Record<string, LaneEntry>>): CauseEntry {
  const committees = Object.entries(lanes).flatMap(([name, lane]) => committeesOfLane(name, lane));
  const of = Object.entries(text.of).flatMap(([name, members]) =>
    committeesBelow(committees, name).map(({ name: committee, entry }) => ({
      committee,
      members: members === 'all' ? Array.from({ length: entry.members }, (_, member) => member) : members,
    })),
  );
  return { kind: text.kind, node: text.kind === 'rpc-provider' ? (text.node ?? 0) : 0, of };
}

/** The committee of that name, or all below it. */
export function committeesBelow(committees: readonly NamedCommittee[], name: string): NamedCommittee[] {
  return committees.filter((each) => each.name === name || each.name.startsWith(`${name}.`));
}
