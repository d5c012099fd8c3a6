/** What must be said beside figures: intervals too wide to say anything, rates of which no case was seen. */
import type { Figure } from './figures.ts';
import type { Plan } from './plan.ts';

/** Half of an interval over its estimate from which a figure says little. */
const WIDE = 0.5;
const FEW = 5;
/** Figures named in one warning. */
const NAMED = 4;

export function warningsOf(figures: readonly Figure[], plan: Plan): string[] {
  const warnings: string[] = [];
  const runs = Math.max(0, ...figures.map((figure) => figure.n));
  if (runs < FEW)
    warnings.push(
      `warning: ${runs} runs are few: an interval of ${runs} says more of their number than of the scenario`,
    );
  const wide = figures.filter((figure) => figure.kind === 'mean' && isWide(figure)).map((figure) => figure.metric);
  if (wide.length > 0) {
    const more = wide.length > NAMED ? ` and ${wide.length - NAMED} more` : '';
    warnings.push(
      `warning: intervals wider than half of the mean: ${wide.slice(0, NAMED).join(', ')}${more}; take more replications or a longer horizon`,
    );
  }
  for (const figure of figures) {
    if (figure.metric !== 'runs-with-violations' || figure.n === 0 || (figure.estimate ?? 0) > 0) continue;
    const bound = Number(((figure.hi ?? 1) * 100).toPrecision(3));
    warnings.push(
      `no violation in ${figure.n} runs: at most ${bound}% of runs have one, at ${plan.level * 100}% confidence`,
    );
  }
  return warnings;
}

function isWide({ estimate, lo, hi, min, max }: Figure): boolean {
  if (estimate === undefined || lo === undefined || hi === undefined || min === max) return false;
  return (hi - lo) / 2 > WIDE * Math.abs(estimate);
}
