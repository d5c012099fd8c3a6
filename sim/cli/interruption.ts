/** Ctrl-C, a closed terminal and a polite kill: noted when they come, acted on between two slices of a run. */
import { Interrupted } from './exit-codes.ts';

export interface Interruption {
  /** Throws Interrupted, with what to tell, once somebody asked for it. */
  check(what: string): void;
  stop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function watchInterruption(): Interruption {
  let isRequested = false;
  const onSignal = (): void => {
    isRequested = true;
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    check: (what) => {
      if (isRequested) throw new Interrupted(what);
    },
    stop: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
