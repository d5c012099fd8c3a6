/** Where the parts of lanes stand in a scenario. */
import type { Scenario } from '../scenario.ts';
import { RETURN } from '../verifier-tree.ts';
import type { Path } from '../text/located.ts';

/** The place of a committee by its name and the keys from the top of its tree. */
export function pathOf(lane: string, committee: string, path: readonly string[]): Path {
  const isReturn = committee === `${lane}.${RETURN}` || committee.startsWith(`${lane}.${RETURN}.`);
  return ['lanes', lane, isReturn ? 'return-verifier' : 'verifier', ...path];
}

/** Whether anybody's tokens cross a lane: as the first of their way, or behind another. */
export function carriesValue({ traffic }: Scenario, lane: string): boolean {
  return Object.values(traffic).some(
    (each) => each.application === 'token-transfer' && (each.lane === lane || each.route?.includes(lane) === true),
  );
}
