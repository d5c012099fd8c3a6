import { describe, expect, it } from 'vitest';
import { checksOf } from '../../reports/checks.ts';
import { finishRun, type RunResult } from '../../reports/finish-run.ts';
import { scalarsOf } from '../../reports/scalars.ts';
import type { Threshold } from '../../reports/thresholds.ts';
import { Chains, SECOND } from './trace.ts';

function judged(thresholds: Readonly<Record<string, Threshold>>): RunResult {
  const chains = new Chains();
  chains.carry(1);
  chains.end(600 * SECOND);
  return finishRun(chains.trace, { scenario: 's', seed: '7', expect: {}, thresholds, assets: ['ATOM'] });
}

const under = (limit: number, text: string): Threshold => ({ sense: '<', limit, text });

describe('thresholds', () => {
  it('are counted where they are met -> 0', () => {
    const { verdict } = judged({ messages: { sense: '=', limit: 1, text: '= 1' } }).summary;
    expect(verdict).toMatchObject({ code: 0, name: 'as-expected' });
    expect(verdict.lines[0]).toMatch(/; thresholds met: 1$/);
  });

  it('that are broken name metric, limit and value -> 1', () => {
    const result = judged({
      'delivered-share': { sense: '<', limit: 0.5, text: '< 50%' },
      'latency-max': under(0, '< 0s'),
    });
    expect(result.summary.verdict).toMatchObject({ code: 1, name: 'threshold' });
    expect(result.summary.verdict.lines).toEqual([
      'THRESHOLD BROKEN delivered-share   limit < 50%, value 100%',
      expect.stringMatching(/^THRESHOLD BROKEN latency-max {3}limit < 0s, value \d+\.\d{3} ms$/),
    ]);
    const failed = checksOf(result).filter((check) => check.outcome === 'failed');
    expect(failed.map((check) => check.name)).toEqual(['delivered-share', 'latency-max', 'verdict']);
  });

  it('on nothing measured decide nothing -> 4', () => {
    const chains = new Chains();
    chains.end(600 * SECOND);
    const thresholds = { 'latency-p95': under(60 * SECOND, '< 60s') };
    const { verdict } = finishRun(chains.trace, { scenario: 's', seed: '7', expect: {}, thresholds }).summary;
    expect(verdict).toMatchObject({ code: 4, name: 'inconclusive' });
    expect(verdict.lines).toEqual(['INCONCLUSIVE latency-p95   limit < 60s: nothing was there to measure']);
  });

  it.each([
    ['<', 2, 'met'],
    ['<', 1, 'broken'],
    ['<=', 1, 'met'],
    ['>', 1, 'broken'],
    ['>=', 1, 'met'],
    ['=', 1, 'met'],
    ['=', 2, 'broken'],
  ] as const)('1 message %s %d -> %s', (sense, limit, outcome) => {
    expect(judged({ messages: { sense, limit, text: '' } }).thresholds[0]).toMatchObject({ outcome, value: 1 });
  });
});

describe('metrics', () => {
  it('have names of their own, and a meaning each', () => {
    const scalars = scalarsOf(['ATOM', 'ETH']);
    expect(new Set(scalars.map((each) => each.name)).size).toBe(scalars.length);
    for (const { name, meaning } of scalars) {
      expect(name).toMatch(/^[a-z][a-z0-9-]*(?:-(?:ATOM|ETH))?$/);
      expect(meaning.length).toBeGreaterThan(8);
    }
  });
});
