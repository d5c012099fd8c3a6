/** Two scenarios under the same seeds: what differs, run by run. */
import type { Distributions } from '../statistics/distributions.ts';
import { bonferroni } from '../statistics/intervals.ts';
import { pairedDifference } from '../statistics/paired.ts';
import type { Plan } from './plan.ts';
import type { CellOutcome } from './run-cell.ts';

/** The second scenario minus the first, in one figure, over the replications that gave it in both. */
export interface Difference {
  readonly metric: string;
  readonly unit: string;
  /** Index of the variant that the first one is compared with. */
  readonly variant: number;
  readonly n: number;
  readonly first: number;
  readonly second: number;
  readonly estimate: number;
  readonly lo: number;
  readonly hi: number;
  /** Ends of the interval that holds together with all others of the comparison. @source Bonferroni */
  readonly simultaneousLo: number;
  readonly simultaneousHi: number;
  /** Variance of the difference of independent runs over that of the pairs: what common seeds gained. */
  readonly varianceReduction: number | undefined;
}

/** Differences of every other variant from the first. Figures that are equal in all runs of both are left out. */
export function differencesOf(
  plan: Plan,
  read: (variant: number, replication: number) => CellOutcome | undefined,
  dist: Distributions,
): Difference[] {
  const pairs = plan.variants.slice(1).flatMap((_, i) => pairsOf(plan, i + 1, read));
  const all = bonferroni(plan.level, Math.max(1, pairs.length));
  return pairs.map(({ metric, unit, variant, a, b }): Difference => {
    const plain = pairedDifference(b, a, plan.level, dist);
    const wide = pairedDifference(b, a, all, dist);
    return {
      metric,
      unit,
      variant,
      n: a.length,
      first: mean(a),
      second: mean(b),
      estimate: plain.estimate,
      lo: plain.lo,
      hi: plain.hi,
      simultaneousLo: wide.lo,
      simultaneousHi: wide.hi,
      varianceReduction: plain.varianceReduction,
    };
  });
}

interface Pairs {
  readonly metric: string;
  readonly unit: string;
  readonly variant: number;
  readonly a: number[];
  readonly b: number[];
}

function pairsOf(
  plan: Plan,
  variant: number,
  read: (variant: number, replication: number) => CellOutcome | undefined,
): Pairs[] {
  const pairs = plan.metrics.map((metric): Pairs => ({
    metric: metric.name,
    unit: metric.unit,
    variant,
    a: [],
    b: [],
  }));
  for (let replication = 0; replication < plan.replications; replication++) {
    const [x, y] = [read(0, replication), read(variant, replication)];
    pairs.forEach(({ a, b }, i) => {
      const [left, right] = [x?.values[i], y?.values[i]];
      if (left === null || left === undefined || right === null || right === undefined) return;
      a.push(left);
      b.push(right);
    });
  }
  return pairs.filter(
    ({ a, b }) => a.length >= 2 && (a.some((value) => value !== a[0]) || b.some((value) => value !== a[0])),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
