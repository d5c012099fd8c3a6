/** Progress of a long run on standard error; nothing where that is no terminal. */
import { SingleBar } from 'cli-progress';
import type { Progress } from '../run/run.ts';

export interface ProgressBar {
  update(progress: Progress): void;
  stop(): void;
}

const QUIET: ProgressBar = { update: () => undefined, stop: () => undefined };

export function openProgress(isQuiet: boolean): ProgressBar {
  // A terminal that cannot move its cursor would get a new bar a line.
  if (isQuiet || !process.stderr.isTTY || process.env['TERM'] === 'dumb') return QUIET;
  const started = performance.now();
  const bar = new SingleBar({
    format:
      '{bar} {percentage}%  {simulated} of {horizon} simulated  {rate} events/s  {open} open  ETA {eta_formatted}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let isStarted = false;
  return {
    update(progress) {
      const { simulatedUs, horizonUs, capUs, events, messages } = progress;
      const payload = {
        simulated: seconds(simulatedUs),
        horizon: seconds(horizonUs),
        rate: Math.round((events * 1000) / Math.max(1, performance.now() - started)),
        open: messages.open,
      };
      // Past the horizon the bar measures the drain.
      const total = simulatedUs <= horizonUs ? horizonUs : capUs;
      if (!isStarted) bar.start(total, simulatedUs, payload);
      isStarted = true;
      bar.setTotal(total);
      bar.update(simulatedUs, payload);
    },
    stop() {
      if (isStarted) bar.stop();
    },
  };
}

function seconds(us: number): string {
  return `${Math.floor(us / 1_000_000)}s`;
}
