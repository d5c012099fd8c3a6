/** One scenario under several systems, as a table for people: a column a system. */
import type { Compared } from '../experiment/cells/protocol-comparison.ts';
import type { Plan } from '../experiment/cells/plan.ts';
import { trustText } from '../scenario/protocol-table.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatValue, plainTable } from './figure-table.ts';

/** Whom the first lane of a scenario believes. */
export function trustOfScenario({ lanes }: Scenario): string {
  const [first] = Object.values(lanes);
  return first === undefined ? '' : trustText(first.verifier);
}

/** Parts of the table: how long by phase, at what cost, and what became of messages. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  [
    'latency by phase, median',
    /^(?:latency|request-to-sent|sent-to-final|final-to-executed|executed-to-acknowledged|total)-p50$/,
  ],
  ['latency, tail', /^latency-p95$/],
  ['cost', /^(?:relayer-cost|user-cost|carriage|cost-per-message)-|^(?:relayer-gas|message-gas)$/],
  [
    'outcomes',
    /^(?:messages|rejected|executed|failed|acknowledged|unwound|discarded|stranded|orphaned|forged|delivered-share)$/,
  ],
  ['safety', /^(?:violations|runs-violation)$/],
];

export function protocolText(plan: Plan, trust: readonly string[], compared: readonly Compared[]): string {
  const names = plan.variants.map(({ name }) => name);
  const isNamed = (metric: string): string | undefined => PARTS.find(([, pattern]) => pattern.test(metric))?.[0];
  const rows: string[][] = [['trust', ...names.map((_, i) => trust[i] ?? '')]];
  for (const [part] of PARTS) {
    const metrics = [...new Set(compared.map(({ figure }) => figure.metric))].filter((name) => isNamed(name) === part);
    const told = metrics.filter((metric) =>
      compared.some(({ figure }) => figure.metric === metric && figure.n > 0 && (figure.estimate ?? 0) !== 0),
    );
    if (told.length === 0) continue;
    rows.push([part, ...names.map(() => '')]);
    for (const metric of told) {
      rows.push([
        `  ${metric}`,
        ...names.map((_, variant) =>
          cellText(compared.find((each) => each.variant === variant && each.figure.metric === metric)),
        ),
      ]);
    }
  }
  const percent = `${Number((plan.level * 100).toPrecision(4))}%`;
  const legend = [
    `means of ${plan.replications} runs; in brackets the ${percent} interval of the difference from ${names[0] ?? ''}, by pairs of runs with one seed;`,
    '* leaves out zero, ** does so in the interval that holds for all figures at once',
  ];
  return `${plainTable(['', ...names], rows)}\n\n${legend.join('\n')}`;
}

function cellText(compared: Compared | undefined): string {
  if (compared === undefined || compared.figure.estimate === undefined) return '-';
  const { figure, difference } = compared;
  const value = formatValue(figure.estimate, figure.unit);
  if (difference === undefined) return value;
  const isClear = (lo: number, hi: number): boolean => lo > 0 || hi < 0;
  const mark = isClear(difference.lo, difference.hi)
    ? isClear(difference.simultaneousLo, difference.simultaneousHi)
      ? '**'
      : '*'
    : '';
  const { lo, hi } = difference;
  return `${value} [${signed(lo, figure.unit)} .. ${signed(hi, figure.unit)}]${mark}`;
}

function signed(value: number, unit: string): string {
  return `${value > 0 ? '+' : ''}${formatValue(value, unit)}`;
}
