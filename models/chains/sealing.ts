/** What a consensus adds to a block so that those outside can believe it: header hash, and evidence for light clients. */
import type { Context } from '../../sim/kernel/simulation.ts';
import type { Block, Chain } from './chain.ts';

/** Called once a block is executed and its consensus is done with it. */
export type SealBlock = (context: Context, chain: Chain, block: Block) => void;
