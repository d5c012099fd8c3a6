/**
 * Opening a lane by messages: a client on each end, then four steps of a connection and four of a channel, each of which
 * proves the one before it on the other end.
 * @source ICS 3 and ICS 4: ConnOpenInit, Try, Ack, Confirm and ChanOpenInit, Try, Ack, Confirm.
 */
import type { CallHandler } from '../chains/execution.ts';
import type { LaneEnd } from '../controls/token-bucket.ts';
import type { StateValue } from '../proofs/state-tree.ts';
import { openingStep } from '../records.ts';
import { isRecord, isWhole } from '../verifiers/client-store.ts';
import { type Claim, clientOf, ruleOf, type VerifierTable } from '../verifiers/verifier.ts';
import { type Lane, laneKey, lanesOf } from './lane.ts';
import { refuseCall } from './packet-calls.ts';

interface Step {
  readonly name: string;
  readonly end: LaneEnd;
  /** Whether it shows that the step before it was taken on the other end. */
  readonly proves: boolean;
}

export const OPENING_STEPS: readonly Step[] = [
  { name: 'create-client', end: 'source', proves: false },
  { name: 'create-client', end: 'destination', proves: false },
  { name: 'connection-init', end: 'source', proves: false },
  { name: 'connection-try', end: 'destination', proves: true },
  { name: 'connection-ack', end: 'source', proves: true },
  { name: 'connection-confirm', end: 'destination', proves: true },
  { name: 'channel-init', end: 'source', proves: false },
  { name: 'channel-try', end: 'destination', proves: true },
  { name: 'channel-ack', end: 'source', proves: true },
  { name: 'channel-confirm', end: 'destination', proves: true },
];

// MODEL: clients stand in the state of their hosts from genesis and are of no use before their creation; their first header
// is genesis. It costs nothing that is measured: creation takes its transaction, its block and its gas.
/** Gas beside proofs. @assumption of the size of a header proof for a client, of a packet's receipt for a step. */
export const OPENING_GAS = { 'create-client': 230_000, step: 120_000 };

export interface OpeningArguments {
  readonly lane: number;
  /** From 1. */
  readonly step: number;
  readonly evidence: unknown;
}

export function endOf(lane: Lane, end: LaneEnd): number {
  return end === 'source' ? lane.source : lane.destination;
}

/** The last step that was taken at the end whose state this is; 0 before the first. */
export function openedTo(state: { get(key: string): StateValue | undefined }, lane: number): number {
  return (state.get(laneKey.opening(lane)) as Uint8Array | undefined)?.[0] ?? 0;
}

/** Whether packets may pass at an end. */
export function isOpenAt(state: { get(key: string): StateValue | undefined }, lane: Lane, end: LaneEnd): boolean {
  if (lane.opens !== true) return true;
  const last = OPENING_STEPS.findLastIndex((step) => step.end === end) + 1;
  return openedTo(state, lane.id) >= last;
}

/** That the step before this one was taken on the other end. */
export function openingClaim(lane: Lane, step: number): Claim {
  const before = Uint8Array.of(step - 1);
  return { kind: 'commitment', lane: lane.id, sequence: step, key: laneKey.opening(lane.id), value: before };
}

/** The last step that has to stand at an end before this one may be taken there. */
function ownBefore(step: number): number {
  const { end } = OPENING_STEPS[step - 1] as Step;
  return OPENING_STEPS.slice(0, step - 1).findLastIndex((each) => each.end === end) + 1;
}

export function createOpening(verifiers: VerifierTable): CallHandler {
  return (execution, given) => {
    const { lane: id, step: number, evidence } = isRecord(given) ? given : {};
    const lane = isWhole(id) ? lanesOf(execution.context.world)[id] : undefined;
    const step = isWhole(number) ? OPENING_STEPS[number - 1] : undefined;
    if (lane === undefined || step === undefined || !isWhole(number)) return refuseCall('call-malformed');
    if (lane.opens !== true) return refuseCall('lane-open');
    if (endOf(lane, step.end) !== execution.chain.id) return refuseCall('wrong-chain');
    const stands = openedTo(execution, lane.id);
    if (stands >= number) return { kind: 'noop', gas: OPENING_GAS.step, reason: 'step-taken' };
    if (stands !== ownBefore(number)) return refuseCall('step-out-of-turn');
    let gas = step.name === 'create-client' ? OPENING_GAS['create-client'] : OPENING_GAS.step;
    if (step.proves) {
      const client = clientOf(
        execution.context.world,
        step.end === 'source' ? lane.sourceClient : lane.destinationClient,
      );
      const verdict = ruleOf(verifiers, client).verify(execution, client, openingClaim(lane, number), evidence);
      gas += verdict.gas;
      if (verdict.kind === 'rejected') return { kind: 'rejected', gas, reason: verdict.reason };
    }
    execution.set(laneKey.opening(lane.id), Uint8Array.of(number));
    const { chain, block, account, transaction } = execution;
    const of = { chain: chain.id, block: block.id, lane: lane.id, step: number, name: step.name };
    execution.fact(openingStep, { ...of, account, transaction });
    return { kind: 'done', gas };
  };
}
