/** How long committees take to say enough: the k-th of n signatures, and trees of several committees. */
import { z } from 'zod';
import type { PlainMap } from '../../scenario/text/located.ts';
import { deviationOf, meanOfAll, pooled } from './estimates.ts';
import { type Case, defineModel, type Reader } from './model.ts';
import { type Clock, clockOf, exponential, type LawText, mostOf, stationText, unitFor } from './station.ts';

const positive = z.number().gt(0);
const members = z.int().min(1).max(500);

/** Time from a packet's commitment to the relayer's transaction, which goes out with the last signature that it needs. */
export function readSigning(clock: Clock): Reader {
  const committed = new Map<number, number>();
  const times: number[] = [];
  return {
    onRecord: (time, kind, fields) => {
      const sequence = fields['sequence'] as number;
      if (kind === 'packet-committed') committed.set(sequence, time);
      else if (kind === 'relay-submitted') {
        const since = committed.get(sequence);
        if (since === undefined) return;
        committed.delete(sequence);
        times.push(clock.units(time - since));
      }
    },
    sample: () => ({ times: Float64Array.from(times) }),
  };
}

/** Packets that nothing joins: each is signed by all anew. */
export function signingCase(name: string, clock: Clock, apart: number, verifier: PlainMap): Case {
  return {
    name: '',
    pilot: 400,
    least: 200,
    most: mostOf(clock, apart),
    scenario: (seed, size) =>
      stationText({
        name,
        seed,
        question: 'How long does it take until enough have signed?',
        messages: size,
        arrivals: { kind: 'periodic', every: clock.time(apart) },
        horizon: clock.time((size + 100) * apart),
        lane: { verifier },
        relayers: { carrier: { lanes: ['line'], submit: '0s' } },
      }),
    reader: () => readSigning(clock),
    estimates: (samples, level, dist) => {
      const times = pooled(samples, 'times');
      return { mean: meanOfAll(times, level, dist), sd: deviationOf(times, level, dist) };
    },
  };
}

function neverEnough(n: number, k: number): string | undefined {
  return k > n ? `${k} of ${n} never sign` : undefined;
}

function committee(n: number, k: number, signing: LawText): PlainMap {
  return { kind: 'committee', members: n, threshold: k, signing };
}

export const expOrder = defineModel({
  summary: 'k-th of n signatures that each take an exponential time',
  params: z.object({ n: members, k: members, mean: positive }),
  single: 'mean',
  refuses: ({ n, k }) => neverEnough(n, k),
  cases: ({ n, k, mean }) => {
    const clock = clockOf(unitFor(mean));
    return [signingCase('exp-order', clock, mean, committee(n, k, exponential(clock, mean)))];
  },
});

export const lognormalOrder = defineModel({
  summary: 'k-th of n signatures that each take a lognormal time',
  params: z.object({ n: members, k: members, median: positive, sigma: z.number().min(0).max(4) }),
  single: 'mean',
  refuses: ({ n, k }) => neverEnough(n, k),
  cases: ({ n, k, median, sigma }) => {
    const clock = clockOf(unitFor(median));
    const law = { kind: 'lognormal', median: clock.time(median), sigma };
    return [signingCase('lognormal-order', clock, median, committee(n, k, law))];
  },
});

/** A tree of committees of one: all that are required, and so many of some optional ones. */
export function requiredOptional(required: number, threshold: number, optional: number, signing: LawText): PlainMap {
  const named = (prefix: string, count: number): PlainMap =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, committee(1, 1, signing)]));
  // Those of whom none is needed change nothing, and a threshold of none is no part of a tree.
  if (threshold === 0) return { kind: 'all', of: named('r', required) };
  if (required === 0) return { kind: 'threshold', 'at-least': threshold, of: named('o', optional) };
  const optionals = { optional: named('o', optional), 'at-least': threshold };
  return { kind: 'required-optional', required: named('r', required), ...optionals };
}

export const treeShape = {
  required: z.int().min(0).max(100),
  optional_threshold: z.int().min(0).max(100),
  optional: z.int().min(0).max(100),
};

/** Why no tree has these numbers. */
export function treeProblem(required: number, threshold: number, optional: number): string | undefined {
  if (threshold > optional) return `${threshold} of ${optional} never sign`;
  return required === 0 && threshold === 0 ? 'a tree that asks nobody' : undefined;
}

export const dvnLatencyExp = defineModel({
  summary: 'all that are required and enough of those that are optional, each signing after an exponential time',
  params: z.object({ ...treeShape, mean: positive }),
  single: 'mean',
  refuses: ({ required, optional_threshold: threshold, optional }) => treeProblem(required, threshold, optional),
  cases: ({ required, optional_threshold: threshold, optional, mean }) => {
    const clock = clockOf(unitFor(mean));
    return [
      signingCase(
        'required-optional',
        clock,
        mean,
        requiredOptional(required, threshold, optional, exponential(clock, mean)),
      ),
    ];
  },
});
