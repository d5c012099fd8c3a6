/** Drives a run to its end in slices, with a progress bar between them. */
import type { Run } from '../run/run.ts';
import type { Interruption } from './interruption.ts';
import { openProgress } from './progress.ts';

/** Events between two looks at signals and the progress bar. */
const SLICE = 20_000;

/** Throws Interrupted, with what to tell, when somebody asked for it. */
export async function driveSlices(
  run: Run,
  given: { readonly isQuiet: boolean; readonly interruption: Interruption; readonly onInterrupt: string },
): Promise<void> {
  const bar = openProgress(given.isQuiet);
  try {
    while (run.advance(SLICE)) {
      bar.update(run.progress());
      // Signals are delivered between turns of Node's loop: without this one Ctrl-C would wait for the end.
      await new Promise((resume) => setImmediate(resume));
      given.interruption.check(given.onInterrupt);
    }
  } finally {
    bar.stop();
  }
}
