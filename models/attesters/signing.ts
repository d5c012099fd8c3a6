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

/** Delay with which followers hear of what delegates have signed, in microseconds. */
const NOTICE_DELAY_US = 50_000;

/** Begins to sign: done after the time that the signing law draws. */
export function order(context: Context, state: AttesterState, payload: SignOrder): void {
  const { claim } = payload;
  const delay = roundDuration(
    sample(state.signing, context.keyed(state.signingStream, claim.sequence, claimNumber(claim.kind))),
  );
  const entity = attestersOf(context.world)[state.id] ?? -1;
  const at = after(context.now, delay);
  context.schedule('timer', entity, ATTESTER_EVENT.signed, at, claim.sequence, claim.lane, payload);
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
  const client = clientOf(context.world, clientId);
  const mode = chainOf(context.world, client.host).mode;
  const message = statementBytes(context.hash, mode, client, claim, { height, chainUs });
  const signature = sign(keysOf(context.world), { key: state.key, process }, message, context.hash);
  context.record(attestationSigned, {
    committee: state.committee,
    attester: state.id,
    key: state.key,
    lane: claim.lane,
    sequence: claim.sequence,
    claim: claim.kind,
    sourceBlock: block,
    digest: message,
  });
  const posted: PostedSignature = { member: state.member, attester: state.id, signature };
  const known = statementOn(context.world, claim, clientId, height, chainUs);
  if (known?.signatures.some(({ member }) => member === state.member) === true) return;
  if (known !== undefined) known.signatures.push(posted);
  else {
    const { lane, sequence, kind, value } = claim;
    const added: Attested = { client: clientId, kind, value, height, chainUs, block, signatures: [posted] };
    postStatement(context.world, lane, sequence, added);
  }
  const signatures = known?.signatures ?? [posted];
  callFollowers(context, state, given, signatures);
  if (signatures.length !== state.threshold) return;
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

/** The statement about the same claim at the same point, if anyone signed it before. */
function statementOn(
  world: World,
  claim: Claim,
  client: number,
  height: number,
  chainUs: number,
): Attested | undefined {
  return attestationsFor(world, claim.lane, claim.sequence).find(
    (each) =>
      each.client === client &&
      each.kind === claim.kind &&
      each.height === height &&
      each.chainUs === chainUs &&
      bytesEqual(each.value, claim.value),
  );
}
