/** What must be said beside figures: intervals too wide to say anything, rates of which no case was seen. */
import { adviceOnRuns, adviceOnUnseen, adviceOnWidth } from '../statistics/advice.ts';
import type { Figure } from './figures.ts';
import type { Plan } from './plan.ts';

export function warningsOf(figures: readonly Figure[], plan: Plan): string[] {
  const runs = Math.max(0, ...figures.map((figure) => figure.n));
  const means = figures.filter((figure) => figure.kind === 'mean' && figure.min !== figure.max);
  const none = figures.filter(({ metric, estimate }) => metric === 'runs-with-violations' && estimate === 0);
  return [
    ...[...adviceOnRuns(runs), ...adviceOnWidth(means)].map(({ text }) => `warning: ${text}`),
    ...none.flatMap(({ n }) => adviceOnUnseen('violation', n, plan.level)).map(({ text }) => text),
  ];
}
