/** Limiters, pauses and operators from their text. */
import type { z } from 'zod';
import type { BucketEntry, LimiterEntry, OperatorEntry } from './scenario.ts';
import type { ActText, limiterSchema, OperatorText } from './schema-controls.ts';

interface AmountOf {
  readonly asset: string;
  readonly decimal: string;
}

// Both amounts are of one asset, which is checked where it can be said in which line they are not.
function bucketOf({ capacity, rate }: { readonly capacity: AmountOf; readonly rate: AmountOf }): BucketEntry {
  return { asset: capacity.asset, capacity: capacity.decimal, perSecond: rate.decimal };
}

export function resolveLimiter(text: z.output<typeof limiterSchema> | undefined): LimiterEntry {
  if (text === undefined || text === 'unlimited') return 'unlimited';
  const ends = text.at === undefined || text.at === 'both' ? (['source', 'destination'] as const) : [text.at];
  return { kind: 'token-bucket', ends, ...bucketOf(text) };
}

export function resolveOperator(text: OperatorText): OperatorEntry {
  return { holds: text.holds ?? [], acts: (text.acts ?? []).map(resolveAct) };
}

function resolveAct(text: ActText): OperatorEntry['acts'][number] {
  const { at, lane } = text;
  switch (text.do) {
    case 'pause':
    case 'resume':
      return { do: text.do, at, lane, on: text.on };
    case 'skip':
    case 'nilify':
    case 'burn':
    case 'clear':
    case 'execute':
      return { do: text.do, at, lane, sequence: text.sequence };
    case 'reopen':
      return { do: text.do, at, lane, on: undefined };
    case 'set-limit':
      return { do: text.do, at, lane, on: text.on, ...bucketOf(text) };
  }
}
