import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishRun, openRunFiles } from '../../reports/finish-run.ts';
import { quantile } from '../../reports/observers/metrics.ts';
import { recount, type RecountInputs } from '../../reports/recount.ts';
import * as records from '../../models/records.ts';
import { fromUtf8 } from '../../sim/base/bytes.ts';
import { Chains, SECOND, type SmallWorld } from './trace.ts';

/** Ends the run and returns the text of every file. */
function filesOf(chains: Chains): Map<string, string> {
  const texts = new Map<string, string>();
  const files = openRunFiles((file) => ({
    write: (bytes) => void texts.set(file, (texts.get(file) ?? '') + fromUtf8(bytes)),
  }));
  files.drain(chains.trace);
  chains.end(chains.trace.nowUs + SECOND);
  files.drain(chains.trace);
  files.end(finishRun(chains.trace, { scenario: 's', seed: '7', expect: {} }), 'run');
  return texts;
}

function inputs(texts: Map<string, string>): RecountInputs {
  const text = (file: string): string => texts.get(file) ?? '';
  return {
    transitions: text('transitions.csv'),
    messages: text('messages.csv'),
    summary: text('summary.csv'),
    properties: text('properties.csv'),
  };
}

/**
 * Message 1 is carried, 2 times out, 3 fails, 4 waits, 5 is executed twice, 6 is forged, 7 is replayed after its end.
 */
function eventful(): Chains {
  const chains = new Chains();
  const next = (): void => void chains.trace.at(chains.trace.nowUs + 1_234_567);
  chains.carry(1, 500n);
  chains.carry(7);
  for (const n of [2, 3, 4, 5]) chains.request(n, 5n);
  next();
  chains.block(0, (block) => {
    for (const n of [2, 3, 5]) chains.commit(block, n, n, 5n);
  });
  next();
  chains.block(1, (block) => {
    chains.receive(block, 3, 3, 5n, false);
    chains.written(block, 3, false);
    chains.receive(block, 5, 5, 5n);
    chains.written(block, 5);
    chains.receive(block, 6, 6);
    chains.receive(block, 7, 7);
  });
  next();
  chains.block(1, (block) => chains.receive(block, 5, 5));
  chains.block(0, (block) => {
    chains.timeOut(block, 2);
    chains.refund(block, 2, 5n);
    chains.acknowledge(block, 3, false);
    chains.refund(block, 3, 5n);
  });
  return chains;
}

describe('recount', () => {
  it('agrees on a run with every kind of end', () => {
    const files = inputs(filesOf(eventful()));
    expect(recount(files)).toEqual([]);
    expect(files.messages.split('\n').filter((line) => line !== '')).toHaveLength(8);
  });

  it('catches a doctored cell of every file', () => {
    const files = inputs(filesOf(eventful()));
    const swap = (text: string, from: string, to: string): string => {
      expect(text).toContain(from);
      return text.replace(from, to);
    };
    const doctored: readonly [RecountInputs, string][] = [
      [{ ...files, messages: swap(files.messages, 'unwound,timeout', 'acknowledged,') }, 'messages.csv'],
      [{ ...files, messages: swap(files.messages, '3000.000', '3000.001') }, 'messages.csv'],
      [{ ...files, messages: swap(files.messages, 't/4,', 't/9,') }, 'messages.csv'],
      [{ ...files, transitions: swap(files.transitions, ',7,uy,', ',8,uy,') }, 'summary.csv'],
      [{ ...files, properties: files.properties.replace(/(legal-moves,a-b,true,)(\d+)/, '$19') }, 'properties.csv'],
      [
        { ...files, properties: files.properties.replace(/(at-most-once,a-b,true,\d+,\d+,)(\d+)/, '$19') },
        'properties.csv',
      ],
      [{ ...files, summary: swap(files.summary, '62 ux, 42 uy', '62 ux, 43 uy') }, 'summary.csv'],
    ];
    for (const [index, [each, file]] of doctored.entries()) {
      expect(
        recount(each).map((mismatch) => mismatch.file),
        `${index}`,
      ).toContain(file);
    }
  });

  it('catches a lost row and a row too many', () => {
    const files = inputs(filesOf(eventful()));
    const lines = files.messages.split('\n');
    const without = lines.filter((line) => !line.startsWith('t/2,')).join('\n');
    expect(recount({ ...files, messages: without })).toContainEqual(
      expect.objectContaining({ row: 't/2', recounted: 'once' }),
    );
    const twice = [...lines.filter((line) => line !== ''), lines[1], ''].join('\n');
    expect(recount({ ...files, messages: twice })).toContainEqual(expect.objectContaining({ reported: 'twice' }));
  });

  it('agrees after any course of blocks, deliveries, reorgs and refunds', () => {
    const step = fc.record({
      what: fc.constantFrom(
        'request',
        'commit',
        'receive',
        'fail',
        'acknowledge',
        'time-out',
        'fork-a',
        'fork-b',
        'drop',
        'queue',
      ),
      n: fc.integer({ min: 1, max: 4 }),
      depth: fc.integer({ min: 1, max: 3 }),
    });
    const worlds = fc.record({
      settleDepth: fc.constantFrom(0, 4),
      sourceDepth: fc.constantFrom(0, 2),
      acknowledges: fc.boolean(),
    });
    fc.assert(
      fc.property(worlds, fc.array(step, { maxLength: 40 }), (world, steps) => {
        const chains = play(world, steps);
        expect(recount(inputs(filesOf(chains)))).toEqual([]);
        expect(chains.judge.messages.size).toBe(0);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

interface Step {
  readonly what: string;
  readonly n: number;
  readonly depth: number;
}

function play(world: SmallWorld, steps: readonly Step[]): Chains {
  const chains = new Chains(world);
  const heights = [0, 0];
  const highest = [0, 0];
  const requested = new Set<number>();
  const grow = (chain: number, facts: (block: number) => void, onto?: number): void => {
    heights[chain] = (onto ?? (heights[chain] as number)) + 1;
    highest[chain] = Math.max(highest[chain] as number, heights[chain] as number);
    chains.block(chain, facts, onto);
  };
  for (const { what, n, depth } of steps) {
    chains.trace.at(chains.trace.nowUs + 700_003);
    const work = { relayer: 0, lane: 0, sequence: n, action: 'receive' };
    if (what === 'request' && !requested.has(n)) chains.request(n, 5n);
    if (what === 'request') requested.add(n);
    if (what === 'commit') grow(0, (block) => chains.commit(block, n, requested.has(n) ? n : -1, 5n));
    if (what === 'receive' || what === 'fail') {
      grow(1, (block) => {
        chains.receive(block, n, n, 5n, what === 'receive');
        chains.written(block, n, what === 'receive');
      });
    }
    if (what === 'acknowledge') grow(0, (block) => chains.acknowledge(block, n, depth > 1));
    if (what === 'time-out') grow(0, (block) => chains.timeOut(block, n));
    if (what === 'queue') chains.trace.record(records.relayQueued, work);
    if (what === 'drop') chains.trace.record(records.relayDropped, { ...work, reason: 'retries-spent' });
    const chain = what === 'fork-b' ? 1 : 0;
    const height = heights[chain] as number;
    // What is settled stays: no fork starts below that.
    const onto = Math.max(height - depth, (highest[chain] as number) - (world.settleDepth ?? 0), 0);
    if (what.startsWith('fork') && onto < height) grow(chain, () => undefined, onto);
  }
  return chains;
}

describe('quantiles', () => {
  it('are nearest rank: of 15, 20, 35, 40, 50 the 30th is 20, the 40th 20, the 50th 35, the 100th 50', () => {
    // The worked example of the nearest-rank method in common textbooks.
    const sample = { values: Float64Array.of(50, 15, 40, 20, 35, 0), count: 5 };
    expect([30, 40, 50, 100].map((percent) => quantile(sample, percent))).toEqual([20, 20, 35, 50]);
    expect(quantile({ values: new Float64Array(4), count: 0 }, 50)).toBeUndefined();
  });

  it('equal those of a sorted list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 100 }),
        (list, percent) => {
          const sorted = [...list].sort((a, b) => a - b);
          const rank = Math.max(1, Math.ceil((percent * list.length) / 100));
          expect(quantile({ values: Float64Array.from(list), count: list.length }, percent)).toBe(sorted[rank - 1]);
        },
      ),
    );
  });
});
