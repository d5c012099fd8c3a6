/** `thresholds:` of a scenario: bounds on figures of a run, such as `latency-p95: "< 60s"`. */
import { nearest } from '../grammar/nearest.ts';
import { parseDecimal } from '../grammar/exact-decimal.ts';
import { parseAmount, parseDuration, parseRatio } from '../grammar/quantity-text.ts';
import type { ChainEntry, Scenario, ThresholdEntry } from './scenario.ts';
import type { ProblemList } from './text/validate.ts';

/** What a scenario may know of a figure before it runs. The table is the reports' own. */
export interface KnownMetric {
  readonly name: string;
  readonly unit: 'us' | 'share' | 'count' | 'amount' | 'number';
  readonly asset?: string;
}
/** The figures of a run over chains with these native assets. */
export type MetricTable = (assets: readonly string[]) => readonly KnownMetric[];

type Sense = ThresholdEntry['sense'];
type Limit = Pick<ThresholdEntry, 'limit' | 'unit' | 'asset'>;

const EXAMPLES: Readonly<Record<KnownMetric['unit'], string>> = {
  us: 'a bound on a time, such as "< 60s"',
  share: 'a bound on a share, such as ">= 99%"',
  count: 'a bound on a count, such as "<= 3"',
  amount: 'a bound on an amount, such as "< 5 ATOM"',
  number: 'a bound on a number, such as "< 1.5"',
};
const EXPECTED = 'a sign of <, <=, >, >=, = and a quantity, such as "< 60s"';

/** Native assets of the chains, each once, in the order of the file. */
export function assetsOf(chains: Readonly<Record<string, ChainEntry>>): string[] {
  return [...new Set(Object.values(chains).map((chain) => chain.asset.name))];
}

/** Reads every threshold; what is none is put on the list and left out. */
export function resolveThresholds(
  texts: Readonly<Record<string, string>>,
  chains: Readonly<Record<string, ChainEntry>>,
  list: ProblemList,
): Scenario['thresholds'] {
  const thresholds: Record<string, ThresholdEntry> = {};
  for (const [metric, text] of Object.entries(texts)) {
    const match = /^ *(<=|>=|<|>|=) *(.+?) *$/.exec(text);
    const read = match === null ? undefined : readLimit(match[2] ?? '', chains);
    if (match === null || read === undefined) {
      const details = { expected: EXPECTED, got: JSON.stringify(text) };
      list.at(['thresholds', metric], 'E114', `${metric} is no bound`, details);
    } else if (typeof read === 'string') {
      list.at(['thresholds', metric], 'E138', `${metric} is a bound in ${read}`, {
        expected: `an asset among ${assetsOf(chains).join(', ')}`,
      });
    } else thresholds[metric] = { sense: match[1] as Sense, text: text.trim(), ...read };
  }
  return thresholds;
}

/** The limit, the name of an asset that no chain has, or undefined for what is no quantity. */
function readLimit(text: string, chains: Readonly<Record<string, ChainEntry>>): Limit | string | undefined {
  const time = parseDuration(text);
  if (time.ok) return { limit: time.value, unit: 'us' };
  if (/[%/]|bps$|ppm$/.test(text)) {
    const share = parseRatio(text);
    return share.ok ? { limit: share.value.numerator / share.value.denominator, unit: 'share' } : undefined;
  }
  const number = parseDecimal(text);
  if (number !== undefined) return { limit: Number(text), unit: 'number' };
  const amount = parseAmount(text);
  if (!amount.ok) return undefined;
  const { asset, decimal } = amount.value;
  const home = Object.values(chains).find((chain) => chain.asset.name === asset);
  return home === undefined ? asset : { limit: Number(`${decimal}e${home.asset.decimals}`), unit: 'amount', asset };
}

/** Thresholds on figures that do not exist, or of another unit than theirs. */
export function checkThresholds(scenario: Scenario, table: MetricTable, list: ProblemList): void {
  const metrics = table(assetsOf(scenario.chains));
  for (const [name, { unit, asset }] of Object.entries(scenario.thresholds)) {
    const metric = metrics.find((each) => each.name === name);
    if (metric === undefined) {
      const names = metrics.map((each) => each.name);
      const near = nearest(name, names);
      list.at(['thresholds', name], 'E130', `unknown metric ${name}`, {
        expected: 'a name of l0sim list metrics',
        hint: near === undefined ? '' : `did you mean ${near}?`,
      });
    } else if (!fits(metric, unit, asset)) {
      list.at(['thresholds', name], 'E110', `${name} is bounded in another unit`, { expected: EXAMPLES[metric.unit] });
    }
  }
}

function fits(metric: KnownMetric, unit: ThresholdEntry['unit'], asset: string | undefined): boolean {
  switch (metric.unit) {
    case 'us':
      return unit === 'us';
    case 'share':
      return unit === 'share' || unit === 'number';
    case 'amount':
      return unit === 'amount' && metric.asset === asset;
    case 'count':
    case 'number':
      return unit === 'number';
  }
}
