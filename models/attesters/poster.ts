/**
 * Brings proofs to a host: folds what is handed to it into one where it is told to, and brings each again that has not
 * shown in time.
 */
import { after, duration, roundDuration } from '../../sim/base/units.ts';
import { type Law, sample } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../sim/kernel/simulation.ts';
import { blockOf, chainOf, isOnBranch, nodeOf } from '../chains/chain.ts';
import { readState, submit } from '../chains/views.ts';
import { keysOf } from '../keys/key-room.ts';
import { isHolder, sign } from '../keys/keys.ts';
import { clientKey, readerAt } from '../verifiers/client-store.ts';
import { type ProvenRange, rangeBytes, type RangeProof } from '../verifiers/proven-range.ts';
import { programOf } from '../verifiers/program-key.ts';
import { type ValidityParameters, VALIDITY_GAS } from '../verifiers/validity-proof.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { proverOf } from './prover.ts';
import { isUp } from './proving.ts';

/** A proven range, by whom, and the block that it leads to. */
export interface HandedRange {
  readonly prover: number;
  readonly block: number;
  readonly range: ProvenRange;
}

/** Ranges that are brought as one. */
interface Fold {
  readonly number: number;
  readonly parts: HandedRange[];
  stage: 'folding' | 'folded' | 'sent';
}

export interface PosterState {
  readonly name: string;
  readonly entity: number;
  readonly host: number;
  readonly hostNode: number;
  readonly account: number;
  /** Ranges that are folded into one, and how long the first of them waits for the rest. */
  readonly count: number;
  readonly withinUs: number;
  readonly folding: Law;
  readonly stream: StreamId;
  /** Ids of those whose proofs it brings. */
  readonly provers: number[];
  readonly patienceUs: number;
  waiting: HandedRange[];
  folds: Fold[];
  nextFold: number;
}

export const POSTER_EVENT = { handed: 0, close: 1, folded: 2, viewMoved: 3, check: 4, resume: 5 } as const;

const CALL_ALLOWANCE = 100_000;

export const posterBehaviour: Behaviour<PosterState> = {
  kind: 'proof-poster',
  events: ['handed', 'close', 'folded', 'view-moved', 'check', 'resume'],
  handle(state, event, context) {
    switch (event.kind) {
      case POSTER_EVENT.handed:
        return take(context, state, event.payload as HandedRange);
      case POSTER_EVENT.close:
        if (event.a === state.nextFold && state.waiting.length > 0) fold(context, state);
        return;
      case POSTER_EVENT.folded:
        return finishFold(context, state, event.a, 'folding');
      case POSTER_EVENT.viewMoved:
        return settle(context, state, event.b);
      case POSTER_EVENT.check:
        return finishFold(context, state, event.a, 'sent');
      case POSTER_EVENT.resume:
        return post(context, state);
    }
  },
};

function take(context: Context, state: PosterState, handed: HandedRange): void {
  state.waiting.push(handed);
  if (state.waiting.length >= state.count) return fold(context, state);
  if (state.waiting.length > 1) return;
  const at = after(context.now, duration(state.withinUs));
  context.schedule('timer', state.entity, POSTER_EVENT.close, at, state.nextFold);
}

// MODEL: folding takes its time and no machine of a prover, so it never waits for one.
function fold(context: Context, state: PosterState): void {
  const number = state.nextFold++;
  state.folds.push({ number, parts: state.waiting, stage: 'folding' });
  state.waiting = [];
  const delay = roundDuration(sample(state.folding, context.keyed(state.stream, number, 0)));
  if (delay === 0) return finishFold(context, state, number, 'folding');
  context.schedule('timer', state.entity, POSTER_EVENT.folded, after(context.now, delay), number);
}

function finishFold(context: Context, state: PosterState, number: number, from: Fold['stage']): void {
  const own = state.folds.find((each) => each.number === number);
  if (own?.stage !== from) return;
  own.stage = 'folded';
  post(context, state);
}

/** Brings what is ready, in order. While no prover is up there is nobody to bring it. */
function post(context: Context, state: PosterState): void {
  if (!state.provers.some((id) => proverOf(context.world, id).machines.some(isUp))) return;
  for (const own of [...state.folds]) {
    if (own.stage === 'sent') continue;
    if (own.stage === 'folding') return;
    const proofs = proofsOf(context, state, own);
    if (proofs.length === 0) {
      state.folds = state.folds.filter((each) => each !== own);
      continue;
    }
    own.stage = 'sent';
    const call = { action: 'submit-proof', arguments: Object.freeze({ parts: Object.freeze(proofs) }) };
    const { parameters } = clientOf(context.world, own.parts[0]?.range.client ?? -1);
    const { verificationGas } = parameters as ValidityParameters;
    submit(context, chainOf(context.world, state.host), {
      account: state.account,
      calls: [call],
      gasLimit: verificationGas + VALIDITY_GAS.root * (proofs.length + 1) + CALL_ALLOWANCE,
    });
    const at = after(context.now, duration(state.patienceUs));
    context.schedule('timer', state.entity, POSTER_EVENT.check, at, own.number);
  }
}

/** The proofs of a fold that can be made: of blocks that still stand, under the circuit that its client asks for. */
function proofsOf(context: Context, state: PosterState, { parts }: Fold): RangeProof[] {
  const { world, hash } = context;
  const host = chainOf(world, state.host);
  const { head } = nodeOf(host, state.hostNode);
  const read = readerAt(host, head);
  const { chainUs } = blockOf(host, head);
  const keys = keysOf(world);
  return parts.flatMap(({ prover, block, range }) => {
    const client = clientOf(world, range.client);
    const source = chainOf(world, client.counterparty);
    const signer = { key: programOf(read, client, chainUs), process: proverOf(world, prover).name };
    // Whoever does not have the circuit of a key that was replaced proves nothing that counts.
    if (!isOnBranch(source, source.head, block) || !isHolder(keys, signer)) return [];
    const proof = sign(keys, signer, rangeBytes(hash, host.mode, client, range), hash);
    return [Object.freeze({ range: frozen(range), proof })];
  });
}

/** A copy that a transaction may hold: the world is a tree. */
function frozen({ client, from, to }: ProvenRange): ProvenRange {
  return Object.freeze({ client, from: Object.freeze({ ...from }), to: Object.freeze({ ...to }) });
}

/** Forgets what the host has. */
function settle(context: Context, state: PosterState, head: number): void {
  const host = chainOf(context.world, state.host);
  if (!host.blocks.has(head)) return;
  const isThere = ({ range }: HandedRange): boolean =>
    (readState(host, head, clientKey.latest(range.client)) as number) >= range.to.height;
  state.folds = state.folds.filter(({ stage, parts }) => stage === 'folding' || !parts.every(isThere));
}
