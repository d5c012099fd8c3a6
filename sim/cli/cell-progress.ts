/** Progress of an experiment on standard error: cells, pace and the time that is left. */
import { SingleBar } from 'cli-progress';

export interface CellProgress {
  update(done: number, total: number, failed: number): void;
  stop(): void;
}

const QUIET: CellProgress = { update: () => undefined, stop: () => undefined };

export function openCellProgress(isQuiet: boolean): CellProgress {
  if (isQuiet || !process.stderr.isTTY || process.env['TERM'] === 'dumb') return QUIET;
  const started = performance.now();
  const bar = new SingleBar({
    format: '{bar} {percentage}%  {value} of {total} cells  {rate}/s  {failed} failed  ETA {eta_formatted}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let first = -1;
  return {
    update(done, total, failed) {
      if (first < 0) {
        first = done - 1;
        bar.start(total, done, { rate: '-', failed });
      }
      // Cells that the journal had cost nothing: the pace is that of those run now.
      const rate = ((done - first) * 1000) / Math.max(1, performance.now() - started);
      bar.setTotal(total);
      bar.update(done, { rate: rate.toPrecision(3), failed });
    },
    stop() {
      if (first >= 0) bar.stop();
    },
  };
}
