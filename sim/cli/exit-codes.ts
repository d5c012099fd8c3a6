/** The only exit codes. */
export const EXIT = {
  asExpected: 0,
  violation: 1,
  input: 2,
  inconclusive: 4,
  defect: 5,
  environment: 6,
  interrupted: 130,
} as const;

/** Bad input from the command line: message, then a hint. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The machine failed us: disk full, folder gone. A retry may help. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** Somebody pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export const EXIT_HELP = `Exit codes: 0 as expected; 1 violation, unmet expectation or broken threshold; 2 bad input, nothing written;
4 inconclusive; 5 simulator defect or digest mismatch, results void; 6 environment; 130 interrupted.`;

/** Does what may fail on a machine. Throws EnvironmentError with the system's own words. */
export function guard<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asEnvironmentError(error);
  }
}

/** Errors of the system become EnvironmentErrors; any other is ours, and stays as it is. */
export function asEnvironmentError(error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined ? new EnvironmentError(message) : error;
}
