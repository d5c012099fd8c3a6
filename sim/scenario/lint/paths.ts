/** Where the parts of lanes stand in a scenario. */
import type { Scenario } from '../scenario.ts';
import { leavesOf, RETURN } from '../verifier-tree.ts';
import type { Path } from '../text/located.ts';

/** The place of a committee by its name and the keys from the top of its tree. */
export function pathOf(lane: string, committee: string, path: readonly string[]): Path {
  const isReturn = committee === `${lane}.${RETURN}` || committee.startsWith(`${lane}.${RETURN}.`);
  return ['lanes', lane, isReturn ? 'return-verifier' : 'verifier', ...path];
}

/** Whether each packet of a lane is believed for its own secret: a false one takes nothing that was sent by others. */
export function isEachForItself({ lanes }: Scenario, lane: string): boolean {
  const entry = lanes[lane];
  return entry !== undefined && leavesOf(lane, entry.verifier).every(({ entry: leaf }) => leaf.kind === 'hash-lock');
}

/** Whether anybody's tokens cross a lane: as the first of their way, or behind another. */
export function carriesValue({ traffic }: Scenario, lane: string): boolean {
  return Object.values(traffic).some(
    (each) => each.application === 'token-transfer' && (each.lane === lane || each.route?.includes(lane) === true),
  );
}
