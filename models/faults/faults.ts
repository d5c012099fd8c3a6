/** Every kind of fault of this build. */
import { bftSilent, bftTwin } from './bft-byzantine.ts';
import { comSignWrongFork } from './com-sign-wrong-fork.ts';
import { dataLie } from './data-lie.ts';
import type { FaultPart } from './fault.ts';
import { keysSteal } from './keys-steal.ts';
import { mevCensor } from './mev-censor.ts';
import { netLatency, netLoss } from './net-links.ts';
import { netPartition } from './net-partition.ts';
import { nodeCrash, nodeRestart } from './node-crash.ts';
import { relStop } from './rel-stop.ts';

export const faults = {
  'net.partition': netPartition,
  'net.loss': netLoss,
  'net.latency': netLatency,
  'node.crash': nodeCrash,
  'node.restart': nodeRestart,
  'bft.twin': bftTwin,
  'bft.silent': bftSilent,
  'mev.censor': mevCensor,
  'com.sign-wrong-fork': comSignWrongFork,
  'rel.stop': relStop,
  'data.lie': dataLie,
  'keys.steal': keysSteal,
} as const satisfies Record<string, FaultPart>;
export type FaultKind = keyof typeof faults;
