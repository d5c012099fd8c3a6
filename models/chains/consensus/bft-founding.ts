/** Temporary. */
import type { Context } from '../../../sim/kernel/simulation.ts';
import type { Chain } from '../chain.ts';
export function foundBft(_c: Context, _chain: Chain, _p: unknown): () => void { return () => undefined; }
