/**
 * What the scenario assumes, as intervals on ground truth: when each assumption held, when it did not, by how much and
 * by
 * which fault. Knows nothing of messages.
 */
import type * as records from '../../models/records.ts';
import { fallsBelow } from '../../sim/base/ratio.ts';
import type { Observer, RecordPlace } from '../../sim/kernel/simulation.ts';
import type { AssumptionKind } from './assumption-kinds.ts';
import { onBlock, onDisturbed, onRunEnd, type Pace } from './block-gaps.ts';
import { type AssumptionState, close, isFewerWorse, note } from './intervals.ts';
import { createDeclarations, declare, type Declarations, type FieldsOf } from './declarations.ts';

/** Someone who counts against an assumption now, with the fault that made it so. */
interface Culprit {
  readonly weight: number;
  readonly fault: number;
}

export interface AssumptionsState {
  readonly declarations: Declarations;
  readonly assumptions: AssumptionState[];
  /** By chain: power of each node that is not as declared. */
  readonly power: Map<number, number>[];
  /** By chain: Byzantine nodes. */
  readonly byzantine: Map<number, Culprit>[];
  /** Relayers that do not serve. */
  readonly idle: Map<number, Culprit>;
  /** By committee: members, by attester, that read a lying source. */
  readonly lying: Map<number, Culprit>[];
  /** By committee: members, by attester, that are not honest or whose key is not theirs alone. */
  readonly dishonest: Map<number, Culprit>[];
  /** By chain: blocks undone at the last instant at which any were. */
  readonly undone: { readonly timeUs: number; readonly depth: number }[];
  /** By prover: lanes that it proves for, its machines, and those that do not work. */
  readonly provers: {
    readonly lanes: readonly number[];
    readonly machines: number;
    readonly down: Map<number, Culprit>;
  }[];
  /** By client: a lane that believes it, while its circuit has a declared defect. */
  readonly unsound: Map<number, { readonly lane: number; readonly fault: number }>;
  /** By chain. */
  readonly paces: Pace[];
  endedUs: number;
}

function matching(state: AssumptionsState, kind: AssumptionKind, subject: number): AssumptionState[] {
  return state.assumptions.filter((each) => each.kind === kind && (each.subject === subject || each.subject < 0));
}

function sum(culprits: Map<number, Culprit> | undefined): { weight: number; faults: number[] } {
  let weight = 0;
  const faults: number[] = [];
  for (const culprit of culprits?.values() ?? []) {
    weight += culprit.weight;
    faults.push(culprit.fault);
  }
  return { weight, faults };
}

function measureByzantine(state: AssumptionsState, chain: number, timeUs: number): void {
  const power = state.power[chain];
  let total = 0;
  let byzantine = 0;
  const faults: number[] = [];
  for (const each of state.declarations.validators) {
    if (each.chain !== chain) continue;
    const own = power?.get(each.node) ?? each.power;
    total += own;
    const culprit = state.byzantine[chain]?.get(each.node);
    if (culprit === undefined) continue;
    byzantine += own;
    faults.push(culprit.fault);
  }
  if (total === 0) {
    total = Math.max(1, state.declarations.chains[chain]?.totalPower ?? 1);
    byzantine = sum(state.byzantine[chain]).weight;
  }
  for (const assumption of matching(state, 'byzantine', chain)) {
    const limit = { numerator: assumption.limitNumerator, denominator: assumption.limitDenominator };
    note(state.declarations, assumption, timeUs, {
      part: byzantine,
      whole: total,
      holds: fallsBelow(byzantine, total, limit),
      faults,
    });
  }
}

function measureRelayers(state: AssumptionsState, timeUs: number): void {
  for (const assumption of state.assumptions) {
    if (assumption.kind !== 'honest-relayers') continue;
    let serving = 0;
    const faults: number[] = [];
    state.declarations.relayers.forEach((relayer, id) => {
      if (assumption.subject >= 0 && !relayer.lanes.includes(assumption.subject)) return;
      const culprit = state.idle.get(id);
      if (culprit === undefined) serving++;
      else faults.push(culprit.fault);
    });
    const holds = serving * assumption.limitDenominator >= assumption.limitNumerator;
    note(state.declarations, assumption, timeUs, { part: serving, whole: 1, holds, faults });
  }
}

/** The prover of a lane that has fewest machines at work counts for it. */
function measureProvers(state: AssumptionsState, timeUs: number): void {
  for (const assumption of state.assumptions) {
    if (assumption.kind !== 'serving-provers') continue;
    let working = Infinity;
    const faults: number[] = [];
    for (const { lanes, machines, down } of state.provers) {
      if (assumption.subject >= 0 && !lanes.includes(assumption.subject)) continue;
      working = Math.min(working, machines - down.size);
      for (const { fault } of down.values()) faults.push(fault);
    }
    if (working === Infinity) continue;
    const holds = working * assumption.limitDenominator >= assumption.limitNumerator;
    note(state.declarations, assumption, timeUs, { part: working, whole: 1, holds, faults });
  }
}

function measureCircuits(state: AssumptionsState, lane: number, timeUs: number): void {
  const broken = [...state.unsound.values()].filter((each) => each.lane === lane);
  for (const assumption of matching(state, 'sound-circuit', lane)) {
    const holds = broken.length * assumption.limitDenominator < assumption.limitNumerator;
    note(state.declarations, assumption, timeUs, {
      part: broken.length,
      whole: 1,
      holds,
      faults: broken.map(({ fault }) => fault),
    });
  }
}

/** Members of a committee that count against an assumption, each once however many processes it has. */
function measureMembers(
  state: AssumptionsState,
  kind: 'lying-sources' | 'honest-committee',
  committee: number,
  timeUs: number,
): void {
  const attesters = state.declarations.attesters;
  const culprits = (kind === 'lying-sources' ? state.lying : state.dishonest)[committee];
  const members = new Set<number>();
  for (const attester of culprits?.keys() ?? []) members.add(attesters[attester]?.member ?? attester);
  const { faults } = sum(culprits);
  for (const assumption of matching(state, kind, committee)) {
    const holds = members.size * assumption.limitDenominator < assumption.limitNumerator;
    note(state.declarations, assumption, timeUs, { part: members.size, whole: 1, holds, faults });
  }
}

function onHead(state: AssumptionsState, f: FieldsOf<typeof records.headMoved>, place: RecordPlace): void {
  // A chain that is taken back in steps of one instant is taken back as deep as all of them.
  const before = state.undone[f.chain];
  const depth = f.undone.length + (before?.timeUs === place.time ? before.depth : 0);
  if (f.undone.length === 0) return;
  state.undone[f.chain] = { timeUs: place.time, depth };
  for (const assumption of matching(state, 'reorg', f.chain)) {
    const holds = depth * assumption.limitDenominator <= assumption.limitNumerator;
    note(state.declarations, assumption, place.time, { part: depth, whole: 1, holds, faults: [] });
    if (!holds) close(assumption, place.time);
  }
}

function onLate(state: AssumptionsState, f: FieldsOf<typeof records.envelopeLate>, place: RecordPlace): void {
  const deltaUs = Math.max(0, state.declarations.deltaUs);
  for (const assumption of state.assumptions) {
    if (assumption.kind !== 'synchrony') continue;
    const list = assumption.intervals;
    const broken = list[list.length - 2];
    // Late envelopes within delta of each other are one breach.
    if (broken !== undefined && !broken.holds && place.time - broken.untilUs <= deltaUs) list.pop();
    note(state.declarations, assumption, place.time, { part: f.delayUs, whole: 1, holds: false, faults: [f.fault] });
    close(assumption, place.time);
  }
}

/** Kind `assumptions`. */
export const assumptions: Observer<AssumptionsState> = {
  kind: 'assumptions',
  create: () => ({
    declarations: createDeclarations(),
    assumptions: [],
    power: [],
    byzantine: [],
    idle: new Map(),
    lying: [],
    dishonest: [],
    undone: [],
    paces: [],
    provers: [],
    unsound: new Map(),
    endedUs: -1,
  }),
  on: {
    ...declare,
    'assumption-declared': (
      s: AssumptionsState,
      f: FieldsOf<typeof records.assumptionDeclared>,
      place: RecordPlace,
    ) => {
      s.assumptions[f.assumption] = {
        kind: f.kind as AssumptionKind,
        subject: f.subject,
        subjectName: f.subjectName,
        limitNumerator: f.limitNumerator,
        limitDenominator: f.limitDenominator,
        intervals: [{ fromUs: place.time, untilUs: -1, holds: true, part: 0, whole: 1, faults: [] }],
        dropped: 0,
      };
      if (!isFewerWorse(f.kind as AssumptionKind)) return;
      // Fewer is worse, so the first interval starts from what is declared; later declarations only add.
      const first = s.assumptions[f.assumption]?.intervals[0];
      if (first !== undefined) first.part = Number.MAX_SAFE_INTEGER;
    },
    'run-declared': (s: AssumptionsState, f: FieldsOf<typeof records.runDeclared>) => declare['run-declared'](s, f),
    'validator-turned': (s: AssumptionsState, f: FieldsOf<typeof records.validatorTurned>, place: RecordPlace) => {
      const nodes = (s.byzantine[f.chain] ??= new Map());
      if (f.isByzantine) nodes.set(f.node, { weight: f.power, fault: f.fault });
      else nodes.delete(f.node);
      measureByzantine(s, f.chain, place.time);
    },
    // MODEL: power counts from the block that changed it, not from the height that it takes effect at.
    'validator-set-changed': (
      s: AssumptionsState,
      f: FieldsOf<typeof records.validatorSetChanged>,
      place: RecordPlace,
    ) => {
      const power = (s.power[f.chain] ??= new Map());
      power.set(f.node, f.power);
      measureByzantine(s, f.chain, place.time);
    },
    'relayer-turned': (s: AssumptionsState, f: FieldsOf<typeof records.relayerTurned>, place: RecordPlace) => {
      if (f.isServing) s.idle.delete(f.relayer);
      else s.idle.set(f.relayer, { weight: 1, fault: f.fault });
      measureRelayers(s, place.time);
    },
    'prover-declared': (s: AssumptionsState, f: FieldsOf<typeof records.proverDeclared>) => {
      s.provers[f.prover] = { lanes: [...f.lanes], machines: f.machines, down: new Map() };
    },
    'prover-turned': (s: AssumptionsState, f: FieldsOf<typeof records.proverTurned>, place: RecordPlace) => {
      const down = s.provers[f.prover]?.down;
      if (f.isUp) down?.delete(f.machine);
      else down?.set(f.machine, { weight: 1, fault: f.fault });
      measureProvers(s, place.time);
    },
    'circuit-turned': (s: AssumptionsState, f: FieldsOf<typeof records.circuitTurned>, place: RecordPlace) => {
      if (f.isSound) s.unsound.delete(f.client);
      else s.unsound.set(f.client, { lane: f.lane, fault: f.fault });
      measureCircuits(s, f.lane, place.time);
    },
    'source-turned': (s: AssumptionsState, f: FieldsOf<typeof records.sourceTurned>, place: RecordPlace) => {
      const members = (s.lying[f.committee] ??= new Map());
      if (f.isLying) members.set(f.attester, { weight: 1, fault: f.fault });
      else members.delete(f.attester);
      measureMembers(s, 'lying-sources', f.committee, place.time);
    },
    'attester-turned': (s: AssumptionsState, f: FieldsOf<typeof records.attesterTurned>, place: RecordPlace) => {
      const members = (s.dishonest[f.committee] ??= new Map());
      if (f.isByzantine) members.set(f.attester, { weight: 1, fault: f.fault });
      else members.delete(f.attester);
      measureMembers(s, 'honest-committee', f.committee, place.time);
    },
    'head-moved': onHead,
    'envelope-late': onLate,
    'chain-turned': (s: AssumptionsState, f: FieldsOf<typeof records.chainTurned>) =>
      onDisturbed(s, f.chain, f.fault, f.isOn),
    'node-crashed': (s: AssumptionsState, f: FieldsOf<typeof records.nodeCrashed>) =>
      onDisturbed(s, f.chain, f.fault, true),
    'node-restarted': (s: AssumptionsState, f: FieldsOf<typeof records.nodeRestarted>) =>
      onDisturbed(s, f.chain, f.fault, false),
    'block-produced': (s: AssumptionsState, f: FieldsOf<typeof records.blockProduced>, place: RecordPlace) => {
      if (s.endedUs === -1) start(s, place.time);
      onBlock(s, f.chain, place.time);
    },
    'run-ended': (s: AssumptionsState, _f: unknown, place: RecordPlace) => {
      if (s.endedUs === -1) start(s, place.time);
      onRunEnd(s, place.time);
      s.endedUs = place.time;
      for (const assumption of s.assumptions) {
        const last = assumption?.intervals[assumption.intervals.length - 1];
        if (last !== undefined) last.untilUs = place.time;
      }
    },
  },
};

/** Declarations are over: what holds without any fault is measured once, with every relayer and validator known. */
function start(s: AssumptionsState, timeUs: number): void {
  s.endedUs = -2;
  measureRelayers(s, timeUs);
  measureProvers(s, timeUs);
  s.declarations.chains.forEach((_chain, id) => measureByzantine(s, id, timeUs));
}
