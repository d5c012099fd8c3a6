/** Every kind of fault of this build. */
import { bugCircuit } from './bug-circuit.ts';
import { bftSilent, bftTwin } from './bft-byzantine.ts';
import { chainCongestion, chainEmptyBlocks, chainHalt, chainSlowBlocks } from './chain-conditions.ts';
import { comSignWrongFork } from './com-sign-wrong-fork.ts';
import { dataLie } from './data-lie.ts';
import type { FaultPart } from './fault.ts';
import { keysSteal } from './keys-steal.ts';
import { parachainWrongCandidate, rollupFalseOutput, rollupStop, rollupUndo } from './layered-chains.ts';
import { mevCensor } from './mev-censor.ts';
import { netLatency, netLoss } from './net-links.ts';
import { netPartition } from './net-partition.ts';
import { nodeCrash, nodeRestart } from './node-crash.ts';
import { relStop } from './rel-stop.ts';
import { slotsDoubleVote } from './slots-double-vote.ts';

export const faults = {
  'net.partition': netPartition,
  'net.loss': netLoss,
  'net.latency': netLatency,
  'node.crash': nodeCrash,
  'node.restart': nodeRestart,
  'bft.twin': bftTwin,
  'bft.silent': bftSilent,
  'slots.double-vote': slotsDoubleVote,
  'chain.halt': chainHalt,
  'chain.slow-blocks': chainSlowBlocks,
  'chain.empty-blocks': chainEmptyBlocks,
  'chain.congestion': chainCongestion,
  'rollup.stop': rollupStop,
  'rollup.undo': rollupUndo,
  'rollup.false-output': rollupFalseOutput,
  'parachain.wrong-candidate': parachainWrongCandidate,
  'mev.censor': mevCensor,
  'com.sign-wrong-fork': comSignWrongFork,
  'rel.stop': relStop,
  'data.lie': dataLie,
  'keys.steal': keysSteal,
  'bug.circuit': bugCircuit,
} as const satisfies Record<string, FaultPart>;
export type FaultKind = keyof typeof faults;
