/**
 * What chance there is that so many are lost that the rest cannot hold, or cannot go on. Whether it holds does not depend
 * on chance once it is known how many are lost: the engine is asked for each number, and the numbers are weighed by their
 * chance. So rare events take no longer, and the answers are exact.
 */
import { z } from 'zod';
import { assert } from '../../base/assert.ts';
import { exp, ln, lnGamma } from '../../base/portable-math.ts';
import type { PlainMap } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import { requiredOptional, treeProblem, treeShape } from './committees.ts';
import { exactly, valuesOf } from './estimates.ts';
import { type Case, defineModel, type Reader } from './model.ts';

const probability = z.number().min(0).max(1);
const members = z.int().min(1).max(500);

interface Lost {
  readonly verifier: PlainMap;
  /** Members that are lost, by part of the tree, or by lane. */
  readonly of: PlainMap;
}

/** A packet, sent when all who are lost have been for a while. `of` of nobody is a run in which nothing happens. */
function lossText(seed: string, question: string, { verifier, of }: Lost, loss: Loss): string {
  const isAny = Object.keys(of).length > 0;
  return toYaml({
    l0sim: 1,
    name: 'loss-of-members',
    question,
    ...{ seed, horizon: '60s', drain: '60s', proofs: 'modelled' },
    chains: {
      a: { consensus: { kind: 'parametric' }, block: '1s', asset: { name: 'NATIVE', decimals: 6 } },
      b: { consensus: { kind: 'parametric' }, block: '1s', asset: { name: 'FAR', decimals: 6 } },
    },
    lanes: { line: { from: 'a', to: 'b', verifier, acknowledge: false, timeout: '1h' } },
    relayers: { carrier: { lanes: ['line'] } },
    traffic: {
      some: {
        ...{ application: 'token-transfer', lane: 'line', amount: '1 NATIVE', start: '40s', limit: 1 },
        arrivals: { kind: 'periodic', every: '1s' },
      },
    },
    ...(isAny ? { causes: { together: { kind: loss.cause, of } }, faults: { loss: loss.fault } } : {}),
  });
}

/** Receipts of packets that were never sent. */
function readForged(): Reader {
  const sent = new Set<string>();
  let forged = 0;
  return {
    onRecord: (_time, kind, fields) => {
      if (kind === 'packet-committed') sent.add(textOf(fields['commitment']));
      else if (kind === 'packet-received' && !sent.has(textOf(fields['commitment']))) forged++;
    },
    sample: () => ({ fails: [forged > 0 ? 1 : 0] }),
  };
}

/** Whether what was sent came to no receipt. */
function readStuck(): Reader {
  let open = 0;
  return {
    onRecord: (_time, kind) => {
      if (kind === 'packet-committed') open++;
      else if (kind === 'packet-received') open--;
    },
    sample: () => ({ fails: [open > 0 ? 1 : 0] }),
  };
}

function textOf(commitment: unknown): string {
  assert(commitment instanceof Uint8Array || typeof commitment === 'string', 'a commitment is bytes, or their text');
  return typeof commitment === 'string' ? commitment : commitment.join(',');
}

/** What those who are lost have in common, and what befalls it. */
interface Loss {
  readonly cause: string;
  readonly fault: PlainMap;
}

const TOGETHER = { causes: ['together'] };
const THEFT: Loss = {
  cause: 'custodian',
  fault: { kind: 'keys.steal', target: TOGETHER, when: { at: '20s', for: '20s' }, with: { amount: '1000 NATIVE' } },
};
const OUTAGE: Loss = { cause: 'cloud', fault: { kind: 'node.crash', target: TOGETHER, when: { at: '20s' } } };

const first = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A case for each number of lost ones, from none to all, weighed by its chance. */
function weighed(counts: number, weight: (index: number) => number, ask: Pick<Case, 'scenario' | 'reader'>): Case {
  return {
    name: '',
    pilot: 1,
    least: 1,
    exact: first(counts),
    ...ask,
    estimates: (samples) => {
      const share = samples.reduce((sum, sample, i) => sum + weight(i) * (valuesOf(sample, 'fails')[0] as number), 0);
      return { share: exactly(share) };
    },
  };
}

function lnChoose(n: number, k: number): number {
  return lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
}

function binomial(n: number, k: number, p: number): number {
  if (p === 0 || p === 1) return k === n * p ? 1 : 0;
  return exp(lnChoose(n, k) + k * ln(p) + (n - k) * ln(1 - p));
}

function hypergeometric(population: number, bad: number, sample: number, k: number): number {
  if (k > bad || sample - k > population - bad) return 0;
  return exp(lnChoose(bad, k) + lnChoose(population - bad, sample - k) - lnChoose(population, sample));
}

const FORGERY = 'Is a transfer believed that nobody sent, when so many keys are stolen?';
const STANDSTILL = 'Does a lane stand still when so many members are down?';

function committeeForged(n: number, k: number, weight: (lost: number) => number): Case {
  return weighed(n + 1, weight, {
    scenario: (seed, lost) => {
      const verifier = { kind: 'committee', members: n, threshold: k };
      return lossText(seed, FORGERY, { verifier, of: lost === 0 ? {} : { line: first(lost) } }, THEFT);
    },
    reader: readForged,
  });
}

export const binomGe = defineModel({
  summary: 'a committee whose members are each corrupt with a chance: that enough are to be believed',
  params: z.object({ n: members, k: members, p: probability }),
  single: 'share',
  refuses: ({ n, k }) => (k > n ? `a threshold of ${k} of ${n}` : undefined),
  cases: ({ n, k, p }) => [committeeForged(n, k, (lost) => binomial(n, lost, p))],
});

export const hyperGe = defineModel({
  summary: 'a committee drawn from a population of which some are corrupt: that enough are to be believed',
  params: z.object({ population: z.int().min(1).max(1e9), bad: z.int().min(0), sample: members, at_least: members }),
  single: 'share',
  refuses: ({ population, bad, sample, at_least: k }) => {
    if (bad > population || sample > population) return 'more than there are';
    return k > sample ? `a threshold of ${k} of ${sample}` : undefined;
  },
  cases: ({ population, bad, sample, at_least: k }) => [
    committeeForged(sample, k, (lost) => hypergeometric(population, bad, sample, lost)),
  ],
});

export const dvnCompromise = defineModel({
  summary: 'a tree of required and optional verifiers, each corrupt with a chance: that it believes a forgery',
  params: z.object({ ...treeShape, p: probability }),
  single: 'share',
  refuses: ({ required, optional_threshold: threshold, optional }) => treeProblem(required, threshold, optional),
  cases: ({ required, optional_threshold: threshold, optional, p }) => {
    const asked = threshold === 0 ? 0 : optional;
    const row = asked + 1;
    const of = (index: number): PlainMap => ({
      ...Object.fromEntries(first(Math.floor(index / row)).map((i) => [`line.r${i}`, [0]])),
      ...Object.fromEntries(first(index % row).map((i) => [`line.o${i}`, [0]])),
    });
    const weight = (index: number): number =>
      binomial(required, Math.floor(index / row), p) * binomial(asked, index % row, p);
    const verifier = requiredOptional(required, threshold, asked, '1s');
    return [
      weighed((required + 1) * row, weight, {
        scenario: (seed, index) => lossText(seed, FORGERY, { verifier, of: of(index) }, THEFT),
        reader: readForged,
      }),
    ];
  },
});

export const kOfNAvail = defineModel({
  summary: 'a committee whose members are each up with a chance: that too few are for the lane to go on',
  params: z.object({ n: members, k: members, a: probability }),
  single: 'share',
  refuses: ({ n, k }) => (k > n ? `a threshold of ${k} of ${n}` : undefined),
  cases: ({ n, k, a }) => [
    weighed(n + 1, (down) => binomial(n, down, 1 - a), {
      scenario: (seed, down) => {
        const verifier = { kind: 'committee', members: n, threshold: k };
        return lossText(seed, STANDSTILL, { verifier, of: down === 0 ? {} : { line: first(down) } }, OUTAGE);
      },
      reader: readStuck,
    }),
  ],
});
