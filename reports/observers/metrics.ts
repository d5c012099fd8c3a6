/** Outcomes, latencies by phase, fees, and what is sampled over time. */
import type { MessageRow, TimeseriesRow } from '../csv/columns.ts';
import { countHop } from './hops.ts';
import type { JudgeState, Message } from './judge-state.ts';
import type { MessageState } from './states.ts';

/** Phases of a message's way whose latency is kept. */
export const phases = [
  'requestToSent',
  'sentToFinal',
  'finalToExecuted',
  'executedToAcknowledged',
  'delivery',
  'total',
  'endToEnd',
] as const;
export type Phase = (typeof phases)[number];

/**
 * MODEL: every latency is kept, 8 bytes a message and phase, so that quantiles are exact; 50 MB for a million messages.
 */
export interface Sample {
  values: Float64Array;
  count: number;
}

export interface MetricsState {
  readonly outcomes: Partial<Record<MessageState, number>>;
  messages: number;
  readonly latencies: Record<Phase, Sample>;
  /** Fees of the moves of messages, by chain. */
  readonly fees: bigint[];
  gas: number;
  sampleUs: number;
  nextSampleUs: number;
  rows: TimeseriesRow[];
}

export function createSample(): Sample {
  return { values: new Float64Array(256), count: 0 };
}

export function createMetrics(): MetricsState {
  return {
    outcomes: {},
    messages: 0,
    latencies: {
      requestToSent: createSample(),
      sentToFinal: createSample(),
      finalToExecuted: createSample(),
      executedToAcknowledged: createSample(),
      delivery: createSample(),
      total: createSample(),
      endToEnd: createSample(),
    },
    fees: [],
    gas: 0,
    sampleUs: 0,
    nextSampleUs: 0,
    rows: [],
  };
}

export function addTo(sample: Sample, value: number | undefined): void {
  if (value === undefined) return;
  if (sample.count === sample.values.length) {
    const grown = new Float64Array(sample.count * 2);
    grown.set(sample.values);
    sample.values = grown;
  }
  sample.values[sample.count++] = value;
}

/** A message is at its end, or the run is. */
export function countFinished(judge: JudgeState, row: MessageRow, message: Message): void {
  const { metrics, declarations: d } = judge;
  metrics.outcomes[message.state] = (metrics.outcomes[message.state] ?? 0) + 1;
  const lane = d.lanes[message.lane];
  if (lane !== undefined) {
    metrics.fees[lane.source] = (metrics.fees[lane.source] ?? 0n) + message.sourceFee;
    metrics.fees[lane.destination] = (metrics.fees[lane.destination] ?? 0n) + message.destinationFee;
  }
  metrics.gas += message.gas;
  if (message.state === 'forged') return;
  metrics.messages++;
  const latencies = metrics.latencies;
  addTo(latencies.requestToSent, row.requestToSentUs);
  addTo(latencies.sentToFinal, row.sentToFinalUs);
  addTo(latencies.finalToExecuted, row.finalToExecutedUs);
  addTo(latencies.executedToAcknowledged, row.executedToAcknowledgedUs);
  addTo(latencies.delivery, row.executedUs === undefined ? undefined : row.executedUs - row.requestedUs);
  addTo(latencies.total, row.totalUs);
  addTo(latencies.endToEnd, countHop(judge, message, row.endedUs));
}

/** Samples of a run at the most, over all lanes and chains; at least 50 points each. */
const SAMPLES_MAX = 20_000;
const SECOND_US = 1_000_000;

/** Takes the samples that are due before a record of time `timeUs`: the values as they stood. */
export function tick(judge: JudgeState, timeUs: number): void {
  const metrics = judge.metrics;
  if (timeUs < metrics.nextSampleUs) return;
  if (metrics.sampleUs === 0) {
    const subjects = judge.declarations.lanes.length + judge.declarations.chains.length;
    const points = Math.max(50, Math.min(500, Math.floor(SAMPLES_MAX / Math.max(1, subjects))));
    metrics.sampleUs = Math.max(SECOND_US, Math.ceil(judge.declarations.horizonUs / points));
  }
  while (metrics.nextSampleUs <= timeUs) {
    sample(judge, metrics.nextSampleUs);
    metrics.nextSampleUs += metrics.sampleUs;
  }
}

function sample(judge: JudgeState, timeUs: number): void {
  const rows = judge.metrics.rows;
  judge.lanes.forEach((lane, id) => {
    const subject = judge.declarations.lanes[id]?.name ?? '';
    rows.push({ timeUs, metric: 'in-flight', subject, value: lane.inFlight });
  });
  judge.branches.forEach((branch, id) => {
    const subject = judge.declarations.chains[id]?.name ?? '';
    rows.push({ timeUs, metric: 'head-height', subject, value: branch.headHeight });
  });
  rows.push({ timeUs, metric: 'open-messages', subject: 'run', value: judge.messages.size });
}

export function endMetrics(judge: JudgeState): void {
  tick(judge, judge.at.timeUs);
  sample(judge, judge.at.timeUs);
}

/**
 * Nearest-rank quantile: the smallest value with at least `percent` % of all at or below it. Undefined of no values.
 * @source Hyndman and Fan 1996, definition 1
 */
export function quantile(sample: Sample, percent: number): number | undefined {
  if (sample.count === 0) return undefined;
  const values = sample.values.slice(0, sample.count);
  return select(values, Math.max(0, Math.ceil((percent * sample.count) / 100) - 1));
}

/** The value of rank `k`, from 0. Hoare's selection; linear on the mean, and no order of equals can matter. */
function select(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const held = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = held;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return values[k] as number;
  }
  return values[k] as number;
}

/** Takes the rows for `timeseries.csv` that have gathered. */
export function drainTimeseries(judge: JudgeState): TimeseriesRow[] {
  const rows = judge.metrics.rows;
  judge.metrics.rows = [];
  return rows;
}
