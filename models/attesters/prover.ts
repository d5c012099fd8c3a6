/** Who proves the heads of a chain to a validity-proof client: follows it as far as it is final, and closes batches. */
import { after, duration } from '../../sim/base/units.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { type Block, blockOf, type Chain, chainOf, isOnBranch } from '../chains/chain.ts';
import { type Cursor, readForward } from '../chains/reading.ts';
import { readState } from '../chains/views.ts';
import { clientKey } from '../verifiers/client-store.ts';
import { proofRequestsOf } from '../verifiers/proof-requests.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { breakMachine, finishProof, repairMachine, startBreaking, startMachines } from './proving.ts';

/** A block of the source. */
export interface Place {
  readonly block: number;
  readonly height: number;
}

/** A range that one proof covers. */
export interface Job {
  readonly number: number;
  readonly from: Place;
  readonly to: Place;
  /** `handed` on to whoever brings it to the host. */
  stage: 'queued' | 'proving' | 'proven' | 'handed';
  attempt: number;
}

/** Works on one proof at a time. */
export interface Machine {
  isBroken: boolean;
  /** Whether a fault holds it. */
  isStopped: boolean;
  /** Number of the job that it works on, -1 where it is idle. */
  job: number;
  /** Goes up with each start and stop: what an alarm was set for under another turn is void. */
  turn: number;
  /** Times that it broke and was repaired. */
  changes: number;
}

export interface ProverState {
  readonly id: number;
  readonly name: string;
  readonly entity: number;
  /** Client that it proves to, and lanes whose packets wait for that. */
  readonly client: number;
  readonly lanes: number[];
  /** Entity of whoever brings its proofs to the host. */
  readonly poster: number;
  readonly source: Cursor;
  readonly batch: { readonly blocks: number; readonly everyUs: number; readonly isOnDemand: boolean };
  /** Time to prove: fixed, and for each block. */
  readonly fixed: Law;
  readonly perBlockUs: number;
  /** Time that a machine works and lies idle by turns; undefined where machines do not break. */
  readonly breaks: { readonly up: Law; readonly down: Law } | undefined;
  readonly streams: { readonly proving: StreamId; readonly breaking: StreamId };
  readonly machines: Machine[];
  /** Newest final block that it has read, and the last that a job covers. */
  final: Place;
  assigned: Place;
  /** Whether blocks wait for the batch to close by the clock, and the number of that batch. */
  isClosing: boolean;
  batchNumber: number;
  /** In order of their ranges, until the host has them. */
  jobs: Job[];
  nextJob: number;
}

export const PROVER_EVENT = { begin: 0, viewMoved: 1, close: 2, proven: 3, breaks: 4, repaired: 5, asked: 6 } as const;

export function proversOf(world: World): number[] {
  return (world.tables['provers'] ??= []) as number[];
}

export function proverOf(world: World, id: number): ProverState {
  return world.entities[proversOf(world)[id] ?? -1]?.state as ProverState;
}

export const proverBehaviour: Behaviour<ProverState> = {
  kind: 'prover',
  events: ['begin', 'view-moved', 'close', 'proven', 'breaks', 'repaired', 'asked'],
  handle(state, event, context) {
    switch (event.kind) {
      case PROVER_EVENT.begin:
        return startBreaking(context, state);
      case PROVER_EVENT.viewMoved:
        return viewMoved(context, state, event.a, event.b);
      case PROVER_EVENT.close:
        if (event.a === state.batchNumber) close(context, state);
        return;
      case PROVER_EVENT.proven:
        return finishProof(context, state, event.a, event.b);
      case PROVER_EVENT.breaks:
        return breakMachine(context, state, event.a);
      case PROVER_EVENT.repaired:
        return repairMachine(context, state, event.a);
      case PROVER_EVENT.asked:
        return answer(context, state);
    }
  },
};

function viewMoved(context: Context, state: ProverState, chainId: number, head: number): void {
  const client = clientOf(context.world, state.client);
  const chain = chainOf(context.world, chainId);
  if (chainId === client.host && chain.blocks.has(head)) {
    const latest = readState(chain, head, clientKey.latest(client.id)) as number;
    while ((state.jobs[0]?.to.height ?? Infinity) <= latest) state.jobs.shift();
  }
  if (chainId !== client.counterparty) return;
  const { blocks, undone } = readForward(chain, state.source, head);
  if (undone.length > 0) goBack(state, chain, head);
  for (const block of blocks) readBlock(context, state, block);
  answer(context, state);
}

/** What a reorg removed needs no proof any more. Machines that worked on it are free at their next alarm. */
function goBack(state: ProverState, chain: Chain, head: number): void {
  const stands = ({ block }: Place): boolean => block === 0 || isOnBranch(chain, head, block);
  const [first] = state.jobs;
  state.jobs = state.jobs.filter(({ to }) => stands(to));
  if (!stands(state.assigned)) state.assigned = { ...(state.jobs.at(-1)?.to ?? first?.from ?? state.assigned) };
  state.final = { ...state.assigned };
  state.isClosing = false;
  state.batchNumber++;
}

function readBlock(context: Context, state: ProverState, { id, height }: Block): void {
  state.final = { block: id, height };
  const { blocks, everyUs, isOnDemand } = state.batch;
  if (isOnDemand || height <= state.assigned.height) return;
  if (blocks > 0 && height - state.assigned.height >= blocks) return close(context, state);
  if (everyUs > 0) closeLater(context, state);
}

/** Closes a batch that somebody asked for, at once or when the time to gather has passed. */
function answer(context: Context, state: ProverState): void {
  const wanted = proofRequestsOf(context.world).get(state.client)?.height ?? 0;
  if (wanted <= state.assigned.height || state.final.height < wanted) return;
  if (state.batch.everyUs > 0) closeLater(context, state);
  else close(context, state);
}

function closeLater(context: Context, state: ProverState): void {
  if (state.isClosing) return;
  state.isClosing = true;
  const at = after(context.now, duration(state.batch.everyUs));
  context.schedule('timer', state.entity, PROVER_EVENT.close, at, state.batchNumber);
}

function close(context: Context, state: ProverState): void {
  state.isClosing = false;
  state.batchNumber++;
  if (state.final.height <= state.assigned.height) return;
  const { final, assigned } = state;
  state.jobs.push({ number: state.nextJob++, from: { ...assigned }, to: { ...final }, stage: 'queued', attempt: 0 });
  state.assigned = { ...final };
  startMachines(context, state);
}

/** Header hash of a place; that of genesis is all zeros, as clients begin. */
export function headerHashAt(chain: Chain, { block, height }: Place, genesis: Uint8Array): Uint8Array {
  return height === 0 ? genesis : blockOf(chain, block).seal.headerHash;
}
