/** What the observers of a run came to, as rows. Reads their states and changes nothing. */
import { present } from '../sim/base/assert.ts';
import type { Observer } from '../sim/kernel/simulation.ts';
import type { AssumptionRow, ParticipantRow, PropertyRow, ViolationRow } from './csv/columns.ts';
import { type AccountsState, spellUs } from './observers/accounts.ts';
import { assumptions, type AssumptionsState } from './observers/assumptions.ts';
import { chainName } from './observers/declarations.ts';
import type { AssumptionState, Interval } from './observers/intervals.ts';
import { judge } from './observers/judge.ts';
import type { Finding, JudgeState } from './observers/judge-state.ts';
import { NO_SLACK, type PropertyPart, type PropertyRecord } from './observers/properties/property.ts';
import { properties } from './observers/properties/table.ts';

/** Observers that every run needs for its results, in the order in which they are added. */
export const builtInObservers = [judge, assumptions] as unknown as readonly Observer[];

interface Slot {
  readonly kind: string;
  readonly state: unknown;
}

/** The state of the judging fold of a world. Throws InvariantError where it was not added. */
export function judgeOf(observers: readonly Slot[]): JudgeState {
  const slot = observers.find((each) => each.kind === judge.kind);
  return present(slot, 'a run is judged: builtInObservers were added').state as JudgeState;
}

/** The state of the assumptions fold of a world. Throws InvariantError where it was not added. */
export function assumptionsOf(observers: readonly Slot[]): AssumptionsState {
  const slot = observers.find((each) => each.kind === assumptions.kind);
  return present(slot, 'a run keeps its assumptions: builtInObservers were added').state as AssumptionsState;
}

/** One property over all its components. */
export interface JudgedProperty {
  readonly part: PropertyPart<unknown>;
  readonly applies: boolean;
  readonly checked: number;
  readonly met: number;
  readonly found: number;
  readonly notDue: number;
  readonly latestDueUs: number;
  readonly findings: readonly Finding[];
}

export function judgedProperties(state: JudgeState): JudgedProperty[] {
  return properties.map((part, index) => {
    const record = state.properties[index] as PropertyRecord;
    const judged = { checked: 0, met: 0, notDue: 0, latestDueUs: -1 };
    for (const tally of record.tallies) {
      if (tally === undefined) continue;
      judged.checked += tally.checked;
      judged.met += tally.met;
      judged.notDue += tally.notDue;
      judged.latestDueUs = Math.max(judged.latestDueUs, tally.latestDueUs);
    }
    const findings = state.findings.filter((finding) => finding.property === part.slug);
    return { part, applies: part.applies(state.declarations), found: record.found, findings, ...judged };
  });
}

export function propertyRows(state: JudgeState): PropertyRow[] {
  const rows: PropertyRow[] = [];
  properties.forEach((part, index) => {
    const record = state.properties[index] as PropertyRecord;
    const applicable = part.applies(state.declarations);
    const none = { checked: 0, met: 0, missed: 0, notDue: 0 };
    const tallies = record.tallies.filter((tally) => tally !== undefined);
    if (tallies.length === 0) {
      const empty = { firstViolationUs: undefined, firstViolationEvent: undefined, leastSlackUs: undefined };
      rows.push({ property: part.slug, component: 'run', applicable, ...none, ...empty });
    }
    for (const tally of tallies) {
      const first = firstOf(state, part.slug, tally.component);
      rows.push({
        property: part.slug,
        component: tally.component,
        applicable,
        checked: tally.checked,
        met: tally.met,
        missed: tally.missed,
        notDue: tally.notDue,
        firstViolationUs: first?.timeUs,
        firstViolationEvent: first?.event,
        leastSlackUs: tally.leastSlackUs === NO_SLACK ? undefined : tally.leastSlackUs,
      });
    }
  });
  return rows;
}

function firstOf(state: JudgeState, slug: string, component: string): Finding | undefined {
  let first: Finding | undefined;
  for (const finding of state.findings) {
    if (finding.property !== slug || finding.component !== component) continue;
    if (first === undefined || finding.timeUs < first.timeUs) first = finding;
  }
  return first;
}

export function violationRows(state: JudgeState): ViolationRow[] {
  return state.findings.map(({ property, component, message, timeUs, event, what }) => {
    return { property, component, message, timeUs, event, what };
  });
}

/** The exact limit of an assumption with its sense: `below 1/3`, `at most 12`, `at least 1`. */
export function limitText(assumption: AssumptionState): string {
  const { kind, limitNumerator, limitDenominator } = assumption;
  const value = limitDenominator === 1 ? `${limitNumerator}` : `${limitNumerator}/${limitDenominator}`;
  switch (kind) {
    case 'byzantine':
    case 'lying-sources':
    case 'honest-committee':
    case 'sound-circuit':
      return `below ${value}`;
    case 'reorg':
    case 'block-gap':
    case 'synchrony':
      return `at most ${value}`;
    case 'honest-relayers':
    case 'serving-provers':
      return `at least ${value}`;
  }
}

export function measuredText(interval: Interval): string {
  if (interval.part < 0) return 'lost';
  return interval.whole === 1 ? `${interval.part}` : `${interval.part}/${interval.whole}`;
}

export function assumptionRows(state: AssumptionsState): AssumptionRow[] {
  const rows: AssumptionRow[] = [];
  for (const assumption of state.assumptions) {
    if (assumption === undefined) continue;
    for (const interval of assumption.intervals) {
      if (interval.holds && interval.fromUs === interval.untilUs && assumption.intervals.length > 1) continue;
      rows.push({
        assumption: assumption.kind,
        component: assumption.subjectName,
        holds: interval.holds,
        measured: measuredText(interval),
        limit: limitText(assumption),
        fromUs: interval.fromUs,
        untilUs: interval.untilUs,
        faults: interval.faults.join(' '),
      });
    }
  }
  return rows;
}

/** `12 uatom, 5 wei`: amounts of several assets in one cell, by name, those of nothing left out. */
export function amountsText(amounts: Iterable<readonly [string, bigint]>): string {
  return [...amounts]
    .filter(([, amount]) => amount !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([asset, amount]) => `${amount} ${asset}`)
    .join(', ');
}

const NOTHING = {
  stake: 0,
  blocksProposed: 0,
  votes: 0,
  evidence: 0,
  attestations: 0,
  downUs: 0,
  byzantineUs: 0,
  submitted: 0,
  delivered: 0,
  repeated: 0,
  refused: 0,
  dropped: 0,
  gas: 0,
  costBaseUnits: 0n,
  costAsset: '',
  income: '',
} as const;

export function participantRows(state: JudgeState): ParticipantRow[] {
  const { accounts, declarations, endedUs } = state;
  const rows: ParticipantRow[] = [];
  for (const validator of declarations.validators) {
    const { chain, node, key, name, power } = validator;
    rows.push({
      ...NOTHING,
      participant: name,
      role: 'validator',
      chain: chainName(declarations, chain),
      stake: accounts.power[chain]?.get(node) ?? power,
      blocksProposed: accounts.proposed[chain]?.[node] ?? 0,
      votes: accounts.votes[chain]?.[node] ?? 0,
      evidence: accounts.evidence[key] ?? 0,
      downUs: spellUs(accounts.down, `node/${chain}/${node}`, endedUs),
      byzantineUs: spellUs(accounts.byzantine, `node/${chain}/${node}`, endedUs),
    });
  }
  declarations.attesters.forEach((attester, id) => {
    const byzantineUs = spellUs(accounts.byzantine, `attester/${id}`, endedUs);
    const attestations = accounts.attestations[id] ?? 0;
    rows.push({ ...NOTHING, participant: attester.name, role: 'attester', chain: '', attestations, byzantineUs });
  });
  return [...rows, ...purseRows(state, accounts)];
}

function purseRows(state: JudgeState, accounts: AccountsState): ParticipantRow[] {
  const purses = [...accounts.purses].sort((a, b) => a.relayer - b.relayer || a.chain - b.chain);
  return purses.map((purse) => ({
    ...NOTHING,
    participant: purse.participant,
    role: purse.role,
    chain: chainName(state.declarations, purse.chain),
    downUs: purse.relayer < 0 ? 0 : spellUs(accounts.down, `relayer/${purse.relayer}`, state.endedUs),
    submitted: purse.submitted,
    delivered: purse.delivered,
    repeated: purse.repeated,
    refused: purse.refused,
    dropped: purse.dropped,
    gas: purse.gas,
    costBaseUnits: purse.cost,
    costAsset: purse.cost === 0n ? '' : (accounts.feeAssets[purse.chain] ?? ''),
    income: amountsText(purse.income),
  }));
}
