/**
 * The figures of a run that are one number each, by name: what thresholds bound, and what many runs are compared by.
 * Times are microseconds inside; names are the words of `l0sim list metrics`.
 */
import { type AccountsState, type Purse } from './observers/accounts.ts';
import type { JudgeState } from './observers/judge-state.ts';
import { type Phase, quantile, type Sample } from './observers/metrics.ts';
import { properties } from './observers/properties/table.ts';
import { type MessageState, messageStates } from './observers/states.ts';

/** `us`: microseconds; `share`: from 0 to 1; `count`: whole; `amount`: base units of an asset; `number`: without unit. */
export type ScalarUnit = 'us' | 'share' | 'count' | 'amount' | 'number';

export interface Scalar {
  readonly name: string;
  readonly unit: ScalarUnit;
  readonly meaning: string;
  /** Of `amount` only. */
  readonly asset?: string;
  /** Undefined where nothing was there to measure, such as the latency of no message. */
  readonly measure: (state: JudgeState) => number | undefined;
}

/** Phases by the name that users read; `latency` is the one that most of them ask for. */
export const phaseNames = {
  latency: 'delivery',
  'request-to-sent': 'requestToSent',
  'sent-to-final': 'sentToFinal',
  'final-to-executed': 'finalToExecuted',
  'executed-to-acknowledged': 'executedToAcknowledged',
  total: 'total',
  'end-to-end': 'endToEnd',
} as const satisfies Record<string, Phase>;
export type PhaseName = keyof typeof phaseNames;

const PHASE_MEANINGS: Readonly<Record<Phase, string>> = {
  requestToSent: 'time from request to commitment at the source',
  sentToFinal: 'time from commitment to finality under the rule of the lane',
  finalToExecuted: 'time from finality to execution on the destination',
  executedToAcknowledged: 'time from execution to acknowledgement at the source',
  delivery: 'time from request to execution on the destination',
  total: 'time from request to the end of a message that was executed or unwound',
  endToEnd: 'time from request to arrival at the end of its route, of forwarded transfers',
};

const QUANTILES = [50, 95, 99] as const;

/** Every figure of a run over chains with these native assets, in the order of their columns. */
export function scalarsOf(assets: readonly string[]): readonly Scalar[] {
  return [...counts(), ...shares(), ...latencies(), ...work(), ...findings(), ...assets.flatMap(costs)];
}

/** Value of each figure by name, undefined where there was nothing to measure. The run has ended. */
export function measureAll(state: JudgeState, scalars: readonly Scalar[]): (number | undefined)[] {
  return scalars.map((scalar) => scalar.measure(state));
}

function outcome(state: JudgeState, name: MessageState): number {
  return state.metrics.outcomes[name] ?? 0;
}

function counts(): Scalar[] {
  const each = messageStates.map((name): Scalar => {
    const meaning = name === 'forged' ? 'executions without an authentic send' : `messages ${name} at the end`;
    return { name, unit: 'count', meaning, measure: (state) => outcome(state, name) };
  });
  const messages: Scalar = {
    name: 'messages',
    unit: 'count',
    meaning: 'messages requested',
    measure: (state) => state.metrics.messages,
  };
  return [messages, ...each];
}

/** States that a message can only be in after its execution was a success. */
const DELIVERED = ['executed', 'ack-pending', 'acknowledged'] as const;

function shares(): Scalar[] {
  const share = (name: string, of: readonly MessageState[], meaning: string): Scalar => ({
    name,
    unit: 'share',
    meaning,
    measure: (state) => {
      const all = state.metrics.messages;
      return all === 0 ? undefined : of.reduce((sum, each) => sum + outcome(state, each), 0) / all;
    },
  });
  return [
    share('delivered-share', DELIVERED, 'share of messages executed and not taken back'),
    share('unwound-share', ['unwound'], 'share of messages that came back to their sender'),
    share('stranded-share', ['stranded'], 'share of messages that every relayer gave up'),
  ];
}

function latencies(): Scalar[] {
  return Object.entries(phaseNames).flatMap(([name, phase]): Scalar[] => {
    const meaning = PHASE_MEANINGS[phase];
    const sampleOf = (state: JudgeState): Sample => state.metrics.latencies[phase];
    return [
      { name: `${name}-mean`, unit: 'us', meaning: `mean ${meaning}`, measure: (state) => mean(sampleOf(state)) },
      ...QUANTILES.map((percent): Scalar => ({
        name: `${name}-p${percent}`,
        unit: 'us',
        meaning: `${percent === 50 ? 'median' : `${percent}th percentile of the`} ${meaning}, nearest rank`,
        measure: (state) => quantile(sampleOf(state), percent),
      })),
      { name: `${name}-max`, unit: 'us', meaning: `longest ${meaning}`, measure: (state) => longest(sampleOf(state)) },
    ];
  });
}

/** ORDER: of the order in which messages ended: floating-point sums depend on it, and it is the same in every run. */
function mean(sample: Sample): number | undefined {
  if (sample.count === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < sample.count; i++) sum += sample.values[i] as number;
  return sum / sample.count;
}

function longest(sample: Sample): number | undefined {
  if (sample.count === 0) return undefined;
  let most = 0;
  for (let i = 0; i < sample.count; i++) most = Math.max(most, sample.values[i] as number);
  return most;
}

function relayerSum(accounts: AccountsState, read: (purse: Purse) => number): number {
  return accounts.purses.reduce((sum, purse) => (purse.role === 'relayer' ? sum + read(purse) : sum), 0);
}

function work(): Scalar[] {
  const count = (name: string, meaning: string, read: (purse: Purse) => number): Scalar => ({
    name: `relayer-${name}`,
    unit: 'count',
    meaning,
    measure: (state) => relayerSum(state.accounts, read),
  });
  return [
    count('submitted', 'packets, acknowledgements and timeouts that relayers submitted', (purse) => purse.submitted),
    count('delivered', 'of them, the first to arrive', (purse) => purse.delivered),
    count('repeated', 'of them, those that another had delivered before', (purse) => purse.repeated),
    count('refused', 'of them, those that the chain refused', (purse) => purse.refused),
    count('dropped', 'pieces of work that relayers gave up', (purse) => purse.dropped),
    count('gas', 'gas that relayers used', (purse) => purse.gas),
    {
      name: 'message-gas',
      unit: 'count',
      meaning: 'gas of the moves of messages',
      measure: (state) => state.metrics.gas,
    },
  ];
}

function findings(): Scalar[] {
  const each = properties.map((part, index): Scalar => ({
    name: `violations-${part.slug}`,
    unit: 'count',
    meaning: `violations of ${part.slug}: ${part.summary}`,
    measure: (state) => state.properties[index]?.found ?? 0,
  }));
  const all: Scalar = {
    name: 'violations',
    unit: 'count',
    meaning: 'violations of all properties',
    measure: (state) => state.properties.reduce((sum, record) => sum + record.found, 0),
  };
  return [all, ...each];
}

function costs(asset: string): Scalar[] {
  const amount = (name: string, meaning: string, role: Purse['role']): Scalar => ({
    name: `${name}-${asset}`,
    unit: 'amount',
    asset,
    meaning: `${meaning}, in base units of ${asset}`,
    measure: ({ accounts }) => {
      const purses = accounts.purses.filter((purse) => purse.role === role);
      return purses.reduce(
        (sum, purse) => sum + (accounts.feeAssets[purse.chain] === asset ? Number(purse.cost) : 0),
        0,
      );
    },
  });
  return [
    amount('relayer-cost', 'fees that relayers paid', 'relayer'),
    amount('user-cost', 'fees that users paid', 'users'),
    {
      name: `carriage-${asset}`,
      unit: 'amount',
      asset,
      meaning: `what senders paid under the fees of lanes, less what came back, in base units of ${asset}`,
      measure: ({ accounts }) => Number(accounts.carriage.get(asset) ?? 0n),
    },
    {
      name: `cost-per-message-${asset}`,
      unit: 'amount',
      asset,
      meaning: `gas of users and carriage, for each message requested, in base units of ${asset}`,
      measure: (state) => {
        const { accounts, metrics } = state;
        const gas = accounts.purses.reduce(
          (sum, { role, chain, cost }) =>
            sum + (role === 'users' && accounts.feeAssets[chain] === asset ? Number(cost) : 0),
          0,
        );
        const all = gas + Number(accounts.carriage.get(asset) ?? 0n);
        return metrics.messages === 0 ? undefined : all / metrics.messages;
      },
    },
  ];
}

/** Latencies of a phase in microseconds, in the order in which messages ended. A copy. */
export function seriesOf(state: JudgeState, name: PhaseName): Float64Array {
  const sample = state.metrics.latencies[phaseNames[name]];
  return sample.values.slice(0, sample.count);
}
