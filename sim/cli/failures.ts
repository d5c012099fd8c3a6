/** What went wrong, in words, and the exit code of it. */
import { InvariantError } from '../base/assert.ts';
import { ScenarioErrors } from '../scenario/text/errors.ts';
import { EnvironmentError, EXIT, Interrupted, UsageError } from './exit-codes.ts';
import { openTerminal } from './terminal.ts';

/** Text and exit code of a failure; `replay` is the line that repeats what failed, where there is one. */
export function describeFailure(error: unknown, replay?: string): { readonly code: number; readonly text: string } {
  if (error instanceof ScenarioErrors) return { code: EXIT.input, text: error.message };
  if (error instanceof UsageError) return { code: EXIT.input, text: `error[E150] ${error.message}` };
  if (error instanceof Interrupted) return { code: EXIT.interrupted, text: `interrupted: ${error.message}` };
  if (error instanceof EnvironmentError) {
    return { code: EXIT.environment, text: `ENVIRONMENT ${error.message}; the same command may succeed later` };
  }
  const what = error instanceof InvariantError ? error.message : String((error as Error).stack ?? error);
  const again = replay === undefined ? '' : `\n  replay: ${replay}`;
  return { code: EXIT.defect, text: `SIMULATOR DEFECT ${what}   RESULTS VOID${again}` };
}

export function explainFailure(error: unknown, replay?: string): number {
  const { code, text } = describeFailure(error, replay);
  openTerminal(false).fail(text);
  return code;
}
