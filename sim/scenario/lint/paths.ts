/** Where the parts of lanes stand in a scenario. */
import { RETURN } from '../verifier-tree.ts';
import type { Path } from '../text/located.ts';

/** The place of a committee by its name and the keys from the top of its tree. */
export function pathOf(lane: string, committee: string, path: readonly string[]): Path {
  const isReturn = committee === `${lane}.${RETURN}` || committee.startsWith(`${lane}.${RETURN}.`);
  return ['lanes', lane, isReturn ? 'return-verifier' : 'verifier', ...path];
}
