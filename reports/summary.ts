/** The ten-second answer: verdict, messages by outcome, latency by phase, fees. */
import type { SummaryRow } from './csv/columns.ts';
import { formatMilliseconds } from './csv/cells.ts';
import type { JudgeState } from './observers/judge-state.ts';
import { routeRows } from './observers/hops.ts';
import { type Phase, phases, quantile } from './observers/metrics.ts';
import { type MessageState, messageStates } from './observers/states.ts';
import { amountsText, judgedProperties } from './results.ts';
import type { Verdict } from './verdict.ts';

export interface RunName {
  readonly scenario: string;
  readonly seed: string;
}

/** Nearest-rank quantiles of a phase in microseconds; undefined where no message passed it. */
export interface Quantiles {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

export interface Summary {
  readonly row: SummaryRow;
  readonly latencies: Readonly<Record<Phase, Quantiles>>;
  readonly verdict: Verdict;
}

function quantilesOf(state: JudgeState, phase: Phase): Quantiles {
  const sample = state.metrics.latencies[phase];
  return { p50: quantile(sample, 50), p95: quantile(sample, 95), p99: quantile(sample, 99) };
}

/** Fees of the moves of messages, by asset: chains may share a denomination. */
function feesOf(state: JudgeState): string {
  const byAsset = new Map<string, bigint>();
  state.metrics.fees.forEach((fee, chain) => {
    const asset = state.accounts.feeAssets[chain] ?? '';
    byAsset.set(asset, (byAsset.get(asset) ?? 0n) + fee);
  });
  return amountsText(byAsset);
}

/** Everything that `summary.csv` and the text need. The run has ended. */
export function summarise(state: JudgeState, run: RunName, verdict: Verdict): Summary {
  const latencies = {} as Record<Phase, Quantiles>;
  for (const phase of phases) latencies[phase] = quantilesOf(state, phase);
  const count = (outcome: MessageState): number => state.metrics.outcomes[outcome] ?? 0;
  const { requestToSent, sentToFinal, finalToExecuted, executedToAcknowledged, delivery, total } = latencies;
  const row: SummaryRow = {
    scenario: run.scenario,
    seed: run.seed,
    verdict: verdict.name,
    exitCode: verdict.code,
    endUs: state.endedUs,
    messages: state.metrics.messages,
    requested: count('requested'),
    rejected: count('rejected'),
    sent: count('sent'),
    orphaned: count('orphaned'),
    final: count('final'),
    attesting: count('attesting'),
    attested: count('attested'),
    executed: count('executed'),
    failed: count('failed'),
    ackPending: count('ack-pending'),
    acknowledged: count('acknowledged'),
    unwound: count('unwound'),
    discarded: count('discarded'),
    stranded: count('stranded'),
    forged: count('forged'),
    requestToSentP50Us: requestToSent.p50,
    requestToSentP95Us: requestToSent.p95,
    requestToSentP99Us: requestToSent.p99,
    sentToFinalP50Us: sentToFinal.p50,
    sentToFinalP95Us: sentToFinal.p95,
    sentToFinalP99Us: sentToFinal.p99,
    finalToExecutedP50Us: finalToExecuted.p50,
    finalToExecutedP95Us: finalToExecuted.p95,
    finalToExecutedP99Us: finalToExecuted.p99,
    executedToAcknowledgedP50Us: executedToAcknowledged.p50,
    executedToAcknowledgedP95Us: executedToAcknowledged.p95,
    executedToAcknowledgedP99Us: executedToAcknowledged.p99,
    deliveryP50Us: delivery.p50,
    deliveryP95Us: delivery.p95,
    deliveryP99Us: delivery.p99,
    totalP50Us: total.p50,
    totalP95Us: total.p95,
    totalP99Us: total.p99,
    messageFees: feesOf(state),
    messageGas: state.metrics.gas,
    violations: judgedProperties(state).reduce((sum, property) => sum + property.found, 0),
  };
  return { row, latencies, verdict };
}

const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  requestToSent: 'request to sent',
  sentToFinal: 'sent to final',
  finalToExecuted: 'final to executed',
  executedToAcknowledged: 'executed to acknowledged',
  delivery: 'request to executed',
  total: 'request to end',
  endToEnd: 'request to last hop',
};

/** One line a way: the time on its last lane. */
function routeLines(state: JudgeState): string[] {
  return routeRows(state).map(({ route, hop, hopP50Us, hopP95Us, hopP99Us }) => {
    const cells = [hopP50Us, hopP95Us, hopP99Us].map((us) => latencyCell(us)).join('');
    return `${`hop ${hop}`.padEnd(26)}${cells}  ${route}`;
  });
}

function latencyCell(us: number | undefined): string {
  return (us === undefined ? '-' : formatMilliseconds(us)).padStart(16);
}

/** The summary as lines of plain text, widths aligned. */
export function formatSummary(summary: Summary, state: JudgeState): string[] {
  const { row, latencies, verdict } = summary;
  const outcomes = messageStates
    .filter((outcome) => (state.metrics.outcomes[outcome] ?? 0) > 0)
    .map((outcome) => `${outcome} ${state.metrics.outcomes[outcome]}`);
  const lines = [...verdict.lines, '', `messages ${row.messages}: ${outcomes.join(', ')}`];
  lines.push(`${'latency, ms'.padEnd(26)}${'p50'.padStart(16)}${'p95'.padStart(16)}${'p99'.padStart(16)}`);
  for (const phase of phases) {
    const { p50, p95, p99 } = latencies[phase];
    if (p50 !== undefined)
      lines.push(`${PHASE_NAMES[phase].padEnd(26)}${latencyCell(p50)}${latencyCell(p95)}${latencyCell(p99)}`);
  }
  lines.push(...routeLines(state));
  lines.push(`fees of messages: ${row.messageFees === '' ? 'none' : row.messageFees}; gas ${row.messageGas}`);
  if (verdict.notExercised.length > 0) lines.push(`not exercised: ${verdict.notExercised.join(', ')}`);
  return lines;
}
