/**
 * What who holds the key of a lane may do about packets at the destination, where proof and execution are two steps:
 * skip one that nobody proves, take a proof back, and throw away what is proven.
 * @source LayerZero v2, MessagingChannel.sol: skip, nilify, burn; EndpointV2.sol: clear.
 */
import type { CallHandler, CallOutcome, Execution } from '../chains/execution.ts';
import { packetAdministered } from '../records.ts';
import { isRecord, isWhole } from '../verifiers/client-store.ts';
import { heldEnd } from './administration.ts';
import { type Lane, lanesOf } from './lane.ts';
import { gapBefore, nextReceive, orderings } from './orderings.ts';
import { PACKET_GAS, refuseCall, type RelayArguments } from './packet-calls.ts';
import { finishVerified } from './receiving.ts';
import { replayOf } from './replays.ts';
import { isTwoStep, setVerified, verifiedIn, type VerifiedPacket } from './verified.ts';

export interface DisposalArguments {
  readonly lane: number;
  readonly sequence: number;
}

/** Why an act cannot be done to this packet; undefined once it is done. */
type Act = (execution: Execution, lane: Lane, sequence: number, own: VerifiedPacket | undefined) => string | undefined;

const NOTHING = new Uint8Array(0);

/** Passes over the first that nobody has proven: it can never be received. */
const skip: Act = (execution, lane, sequence, own) => {
  if (lane.ordering !== 'lazy-gap') return 'nothing-waits-for-it';
  if (own !== undefined || gapBefore(execution, lane.id, sequence + 1) !== sequence) return 'not-the-first-gap';
  finishVerified(execution, lane, { sequence }, NOTHING, { orderings });
  return undefined;
};

/** Takes the proof back: it has to be brought again before the packet can be executed. Nothing behind it waits for that. */
const nilify: Act = (execution, lane, sequence, own) => {
  if (own === undefined || own.isNilified) return 'not-verified';
  setVerified(execution, lane, { ...own, isNilified: true });
  execution.log({ kind: 'packet-nilified', lane: lane.id, sequence, packet: own.packet, isSuccess: false });
  return undefined;
};

/** Throws away for good what others were executed past. */
const burn: Act = (execution, lane, sequence, own) => {
  if (own === undefined) return 'not-verified';
  if (lane.ordering === 'lazy-gap' && sequence >= nextReceive(execution, lane.id)) return 'not-passed';
  finishVerified(execution, lane, own.packet, own.commitment, { orderings });
  return undefined;
};

/** Takes a packet as it would be executed, and does not execute it. */
const clear: Act = (execution, lane, sequence, own) => {
  if (own === undefined || own.isNilified) return 'not-verified';
  if (lane.ordering === 'lazy-gap' && gapBefore(execution, lane.id, sequence) !== undefined) return 'sequence-gap';
  finishVerified(execution, lane, own.packet, own.commitment, { orderings });
  return undefined;
};

const acts = { skip, nilify, burn, clear } as const satisfies Record<string, Act>;
export type DisposalAct = keyof typeof acts;

function dispose(act: DisposalAct): CallHandler {
  return (execution, given): CallOutcome => {
    const found = heldEnd(execution, given);
    if (found.kind !== 'held') return found;
    const { lane, end } = found;
    const sequence = isRecord(given) ? given['sequence'] : undefined;
    if (!isWhole(sequence) || sequence === 0) return refuseCall('call-malformed');
    if (end !== 'destination') return refuseCall('wrong-chain');
    // A lane that answers would owe its source an answer: there nothing is thrown away in silence.
    if (!isTwoStep(lane) || lane.acknowledges) return refuseCall('nothing-to-dispose-of');
    const own = verifiedIn(execution, lane, sequence);
    const isBefore = own === undefined && act !== 'skip';
    if (isBefore && replayOf(lane).isReceived(execution, lane, { sequence, commitment: () => NOTHING })) {
      return { kind: 'noop', gas: PACKET_GAS.noop, reason: 'already-received' };
    }
    const refusal = acts[act](execution, lane, sequence, own);
    if (refusal !== undefined) return refuseCall(refusal);
    const { chain, block, account, transaction } = execution;
    const of = { chain: chain.id, block: block.id, lane: lane.id, sequence };
    execution.fact(packetAdministered, { ...of, act, account, transaction });
    return { kind: 'done', gas: PACKET_GAS.execute };
  };
}

/** The calls by their names; `execute` is that of the packet machine, for `execute-packet`, which looks the packet up. */
export function createDisposal(execute: CallHandler): Readonly<Record<string, CallHandler>> {
  return {
    'skip-packet': dispose('skip'),
    'nilify-packet': dispose('nilify'),
    'burn-packet': dispose('burn'),
    'clear-packet': dispose('clear'),
    'execute-packet': (execution, given) => {
      const { lane: id, sequence } = isRecord(given) ? given : {};
      const lane = isWhole(id) ? lanesOf(execution.context.world)[id] : undefined;
      if (lane === undefined || !isWhole(sequence)) return refuseCall('call-malformed');
      const own = verifiedIn(execution, lane, sequence);
      if (own === undefined) return refuseCall('not-verified');
      const relayed: RelayArguments = { packet: own.packet, evidence: undefined };
      return execute(execution, relayed);
    },
  };
}
