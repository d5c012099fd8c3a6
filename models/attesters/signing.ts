/** How an attester signs a claim and posts the signature, and whom that calls upon. */
import { bytesEqual } from '../../sim/base/bytes.ts';
import { after, duration, roundDuration } from '../../sim/base/units.ts';
import { sample } from '../../sim/kernel/random/laws.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { chainOf } from '../chains/chain.ts';
import { keysOf } from '../keys/key-room.ts';
import { sign } from '../keys/keys.ts';
import { attestationReached, attestationSigned } from '../records.ts';
import { attestationsFor, type Attested, type PostedSignature, postStatement } from '../verifiers/attestation-board.ts';
import { statementBytes } from '../verifiers/statement.ts';
import { type Claim, clientOf } from '../verifiers/verifier.ts';
import { ATTESTER_EVENT, attestersOf, type AttesterState, type SignOrder } from './attester.ts';
import { committeeOf } from './committees.ts';
import { epochOf, keyIn } from './rotation.ts';
import { inWorkingHours } from './working-hours.ts';

/** Delay with which followers hear of what delegates have signed, in microseconds. */
const NOTICE_DELAY_US = 50_000;

/** Time after which an attester looks again whether the set has changed, where a chain's clock is behind. */
const LOOK_AGAIN_US = 1_000_000;

/** The keys have changed: what nobody has delivered yet is signed once more, or the old set's word would run out. */
export function rotate(context: Context, state: AttesterState, epoch: number): void {
  const entity = attestersOf(context.world)[state.id] ?? -1;
  const sides = [state.destinationClient, state.sourceClient].filter((client) => client !== -1);
  if (sides.some((client) => (epochOf(context, client) ?? 0) < epoch)) {
    const again = after(context.now, duration(LOOK_AGAIN_US));
    context.schedule('timer', entity, ATTESTER_EVENT.rotated, again, epoch);
    return;
  }
  const next = after(context.now, duration(state.rotationUs));
  context.schedule('timer', entity, ATTESTER_EVENT.rotated, next, epoch + 1);
  for (const standing of state.standing.values()) order(context, state, standing);
}

/** Begins to sign: done after the time that the signing law draws. */
export function order(context: Context, state: AttesterState, payload: SignOrder): void {
  const { claim } = payload;
  const delay = roundDuration(
    sample(state.signing, context.keyed(state.signingStream, claim.sequence, claimNumber(claim.kind))),
  );
  // A copy: the event owns what it carries, and a world is a tree.
  const kept = { ...payload, claim: { ...claim } };
  if (state.rotationUs > 0) state.standing.set(standingKey(claim.kind, claim.sequence), kept);
  const entity = attestersOf(context.world)[state.id] ?? -1;
  // MODEL: what is looked at in the evening is looked at while nobody works, and signed first thing in the morning.
  const seen = after(context.now, delay);
  const at = state.hours === undefined ? seen : inWorkingHours(state.hours, seen);
  context.schedule('timer', entity, ATTESTER_EVENT.signed, at, claim.sequence, claim.lane, payload);
}

function standingKey(kind: Claim['kind'], sequence: number): string {
  return `${kind}/${sequence}`;
}

/** What is delivered need not be signed again. */
export function forgetStanding(state: AttesterState, sequence: number, kinds: readonly Claim['kind'][]): void {
  if (state.rotationUs === 0) return;
  for (const kind of kinds) state.standing.delete(standingKey(kind, sequence));
}

function claimNumber(kind: Claim['kind']): number {
  return kind === 'commitment' ? 0 : kind === 'acknowledgement' ? 1 : 2;
}

/** Signs as the attester's process, and posts. */
export function post(context: Context, state: AttesterState, given: SignOrder): void {
  postAs(context, state, state.name, given);
}

/** Signs with an attester's key as the process that holds it, and posts. */
export function postAs(context: Context, state: AttesterState, process: string, given: SignOrder): void {
  const { claim, client: clientId, height, chainUs, block } = given;
  const epoch = epochOf(context, clientId);
  const key = keyIn(context, state, clientId, epoch);
  const at: Point = { height, chainUs, ...(epoch === undefined ? {} : { epoch }) };
  const client = clientOf(context.world, clientId);
  const mode = chainOf(context.world, client.host).mode;
  const message = statementBytes(context.hash, mode, client, claim, at);
  const signature = sign(keysOf(context.world), { key, process }, message, context.hash);
  context.record(attestationSigned, {
    committee: state.committee,
    attester: state.id,
    key,
    lane: claim.lane,
    sequence: claim.sequence,
    claim: claim.kind,
    sourceBlock: block,
    digest: message,
  });
  const posted: PostedSignature = { member: state.member, attester: state.id, signature };
  const known = statementOn(context.world, claim, clientId, at);
  if (known?.signatures.some(({ member }) => member === state.member) === true) return;
  if (known !== undefined) known.signatures.push(posted);
  else {
    const { lane, sequence, kind, value } = claim;
    const added: Attested = { client: clientId, kind, value, ...at, block, signatures: [posted] };
    postStatement(context.world, lane, sequence, added);
  }
  const signatures = known?.signatures ?? [posted];
  callFollowers(context, state, given, signatures);
  if (!isReachedBy(context, state, signatures)) return;
  context.record(attestationReached, {
    committee: state.committee,
    lane: claim.lane,
    sequence: claim.sequence,
    claim: claim.kind,
  });
  for (const { entity, kind, delayUs } of state.listeners) {
    context.schedule('delivery', entity, kind, after(context.now, duration(delayUs)), claim.lane, claim.sequence);
  }
}

/** When enough delegates of a committee have signed, the others sign on their word. */
function callFollowers(
  context: Context,
  { committee, member }: AttesterState,
  given: SignOrder,
  signatures: readonly PostedSignature[],
): void {
  const { delegates, attesters } = committeeOf(context.world, committee);
  if (delegates?.members.includes(member) !== true) return;
  const signed = signatures.filter((each) => delegates.members.includes(each.member)).length;
  if (signed !== delegates.threshold) return;
  const at = after(context.now, duration(NOTICE_DELAY_US));
  for (const attester of attesters) {
    const entity = attestersOf(context.world)[attester] ?? -1;
    const { isFollower } = context.world.entities[entity]?.state as AttesterState;
    if (isFollower) {
      const { sequence, lane } = given.claim;
      context.schedule('delivery', entity, ATTESTER_EVENT.delegated, at, sequence, lane, given);
    }
  }
}

/** Whether the last of some signatures is the one that makes them enough. */
function isReachedBy(context: Context, state: AttesterState, signatures: readonly PostedSignature[]): boolean {
  const { weights } = committeeOf(context.world, state.committee);
  if (weights === undefined) return signatures.length === state.threshold;
  const weight = signatures.reduce((sum, { member }) => sum + (weights[member] ?? 0), 0);
  return weight >= state.threshold && weight - (weights[state.member] ?? 0) < state.threshold;
}

interface Point {
  readonly height: number;
  readonly chainUs: number;
  readonly epoch?: number;
}

/** The statement about the same claim at the same point, if anyone signed it before. */
function statementOn(
  world: World,
  claim: Claim,
  client: number,
  { height, chainUs, epoch }: Point,
): Attested | undefined {
  return attestationsFor(world, claim.lane, claim.sequence).find(
    (each) =>
      each.client === client &&
      each.kind === claim.kind &&
      each.height === height &&
      each.chainUs === chainUs &&
      each.epoch === epoch &&
      bytesEqual(each.value, claim.value),
  );
}
