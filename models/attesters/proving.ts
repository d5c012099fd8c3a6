/** The machines of a prover: each works on one proof at a time, loses it when it stops, and may break and be repaired. */
import { assert } from '../../sim/base/assert.ts';
import { after, duration, roundDuration } from '../../sim/base/units.ts';
import { sample } from '../../sim/kernel/random/laws.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { blockOf, chainOf, provenBlock } from '../chains/chain.ts';
import { rootOf } from '../proofs/state-tree.ts';
import { proofMade, proverTurned } from '../records.ts';
import type { ProvenRange } from '../verifiers/proven-range.ts';
import { genesisHash } from '../verifiers/validity-proof.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { type HandedRange, POSTER_EVENT } from './poster.ts';
import { headerHashAt, type Job, type Machine, PROVER_EVENT, type ProverState } from './prover.ts';

export function isUp({ isBroken, isStopped }: Machine): boolean {
  return !isBroken && !isStopped;
}

/** Puts idle machines to work, oldest range first. */
export function startMachines(context: Context, state: ProverState): void {
  for (const job of state.jobs) {
    if (job.stage !== 'queued') continue;
    const machine = state.machines.findIndex((each) => isUp(each) && each.job === -1);
    const own = state.machines[machine];
    if (own === undefined) return;
    job.stage = 'proving';
    own.job = job.number;
    own.turn++;
    const fixed = roundDuration(sample(state.fixed, context.keyed(state.streams.proving, job.number, job.attempt)));
    job.attempt++;
    const blocks = job.to.height - job.from.height;
    const at = after(context.now, duration(fixed + blocks * state.perBlockUs));
    context.schedule('timer', state.entity, PROVER_EVENT.proven, at, machine, own.turn);
  }
}

export function finishProof(context: Context, state: ProverState, index: number, turn: number): void {
  const machine = state.machines[index];
  if (machine === undefined || machine.turn !== turn) return;
  const job = state.jobs.find(({ number }) => number === machine.job);
  machine.job = -1;
  // A reorg may have taken the range away, or somebody else may have proven further.
  if (job !== undefined) {
    job.stage = 'proven';
    const { from, to, attempt } = job;
    const made = { prover: state.id, machine: index, fromHeight: from.height, height: to.height, attempt };
    context.record(proofMade, made);
    handOn(context, state);
  }
  startMachines(context, state);
}

/** Hands on what is proven, in order: the host takes no range before the one that it begins with. */
function handOn(context: Context, state: ProverState): void {
  for (const job of state.jobs) {
    if (job.stage === 'handed') continue;
    if (job.stage !== 'proven') return;
    job.stage = 'handed';
    const handed: HandedRange = { prover: state.id, block: job.to.block, range: rangeOf(context, state, job) };
    context.schedule('timer', state.poster, POSTER_EVENT.handed, context.now, 0, 0, handed);
  }
}

function rangeOf(context: Context, state: ProverState, { from, to }: Job): ProvenRange {
  const source = chainOf(context.world, clientOf(context.world, state.client).counterparty);
  const block = blockOf(source, to.block);
  const stateRoot = rootOf(source.state, provenBlock(source, block).version, context.hash);
  return {
    client: state.client,
    from: { height: from.height, headerHash: Uint8Array.from(headerHashAt(source, from, genesisHash())) },
    to: {
      height: to.height,
      chainUs: block.chainUs,
      headerHash: Uint8Array.from(block.seal.headerHash),
      stateRoot: Uint8Array.from(stateRoot),
    },
  };
}

export function startBreaking(context: Context, state: ProverState): void {
  state.machines.forEach((_machine, index) => changeLater(context, state, index));
}

function changeLater(context: Context, state: ProverState, index: number): void {
  const machine = state.machines[index];
  if (machine === undefined || state.breaks === undefined) return;
  const law = machine.isBroken ? state.breaks.down : state.breaks.up;
  const wait = roundDuration(sample(law, context.keyed(state.streams.breaking, index, machine.changes++)));
  const kind = machine.isBroken ? PROVER_EVENT.repaired : PROVER_EVENT.breaks;
  context.schedule('timer', state.entity, kind, after(context.now, wait), index);
}

export function breakMachine(context: Context, state: ProverState, index: number): void {
  turnMachine(context, state, index, { isBroken: true, fault: -1 });
  changeLater(context, state, index);
}

export function repairMachine(context: Context, state: ProverState, index: number): void {
  turnMachine(context, state, index, { isBroken: false, fault: -1 });
  changeLater(context, state, index);
}

/** Stops a machine or lets it work again, as far as nothing else holds it down. */
export function turnMachine(
  context: Context,
  state: ProverState,
  index: number,
  to: { readonly isBroken?: boolean; readonly isStopped?: boolean; readonly fault: number },
): void {
  const machine = state.machines[index];
  assert(machine !== undefined, 'a machine exists', { prover: state.name, index });
  const before = isUp(machine);
  machine.isBroken = to.isBroken ?? machine.isBroken;
  machine.isStopped = to.isStopped ?? machine.isStopped;
  const now = isUp(machine);
  if (now === before) return;
  context.record(proverTurned, { prover: state.id, machine: index, isUp: now, fault: to.fault });
  if (now) {
    startMachines(context, state);
    context.schedule('timer', state.poster, POSTER_EVENT.resume, context.now);
    return;
  }
  // What it worked on is lost, and begun anew by whoever is free next.
  const job = state.jobs.find(({ number }) => number === machine.job);
  machine.job = -1;
  machine.turn++;
  if (job !== undefined) job.stage = 'queued';
  startMachines(context, state);
}
