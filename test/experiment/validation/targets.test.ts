/** Files of targets, and how what was found is judged. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../../sim/experiment/validation/report.ts';
import { modelNamed } from '../../../sim/experiment/validation/table.ts';
import { readTargets, type Target } from '../../../sim/experiment/validation/targets.ts';
import { ScenarioErrors } from '../../../sim/scenario/text/errors.ts';

const read = (text: string): Target[] => readTargets(text, 'targets.json', modelNamed);

function problemsOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ScenarioErrors) {
      return error.problems.map(({ line, column, what, expected }) => `${line}:${column} ${what} (${expected})`);
    }
    throw error;
  }
  return [];
}

describe('files of targets', () => {
  it('may hold models that were never built, and parameters of any form', () => {
    const [target] = read('[{"id": "x", "model": "rosenfeld", "params": [1, 2], "value": [1, 2], "tol": "exact"}]');
    expect(target).toEqual({ id: 'x', model: 'rosenfeld', params: [1, 2], value: [1, 2], tolerance: 0 });
  });

  it.each<[string, string, RegExp]>([
    ['no list', '{"id": "x"}', /1:1 .*list/],
    ['nothing', '', /empty/],
    ['a parameter missing', '[{"id": "x", "model": "mm1", "params": {"lam": 1}, "value": 1}]', /1:\d+ .*mu/],
    ['a load above 1', '[{"id": "x", "model": "mm1", "params": {"lam": 2, "mu": 1}, "value": 1}]', /load below 1/],
    ['a parameter of no model', '[{"id": "x", "model": "md1", "params": {"lam": "a", "d": 1}, "value": 1}]', /lam/],
    [
      'an id twice',
      '[{"id": "x", "model": "a", "params": {}, "value": 1},\n {"id": "x", "model": "a", "params": {}, "value": 1}]',
      /2:9 two targets have one id/,
    ],
    ['no value', '[{"id": "x", "model": "a", "params": {}}]', /value/],
    ['a tolerance below 0', '[{"id": "x", "model": "a", "params": {}, "value": 1, "tol": -1}]', /tol/],
  ])('%s is refused where it stands', (_name, text, problem) => {
    expect(problemsOf(text).join('\n')).toMatch(problem);
  });
});

describe('judging a target', () => {
  const mm1 = modelNamed('mm1')!;
  const target = (tolerance: number | undefined): Target => ({
    ...{ id: 'x', model: 'mm1', params: {}, value: { W: 2, asymvar_L: 24, other: 1 }, tolerance },
  });
  const verdictOf = (lo: number, hi: number, tolerance: number | undefined): string[] => {
    const estimates = { W: { mean: (lo + hi) / 2, lo, hi }, asymvar_L: { mean: 1, lo: 1, hi: 1 } };
    const { rows } = judge(target(tolerance), mm1, [{ case: '', estimates, replications: 2, size: 1 }]);
    return rows.map(({ judgement, reason }) => `${judgement} ${reason}`.trim());
  };

  it('passes where the interval holds the value and is as narrow as asked', () => {
    expect(verdictOf(1.95, 2.05, 0.05)[0]).toBe('pass');
  });
  it('fails where the value is outside', () => {
    expect(verdictOf(2.01, 2.05, 0.05)[0]).toBe('FAIL the target is outside of the interval');
  });
  it('fails where the interval is too wide to say anything', () => {
    expect(verdictOf(1, 3, 0.05)[0]).toBe('FAIL the interval is wider than the tolerance');
    expect(verdictOf(1, 3, undefined)[0]).toBe('pass');
  });
  it('shows what is not judged, and names what the model does not give', () => {
    expect(verdictOf(1.95, 2.05, 0.05)[1]).toMatch(/^shown/);
    expect(verdictOf(1.95, 2.05, 0.05)[2]).toBe('skipped mm1 has no such figure');
  });
  it('takes a list of values for the figures of its model, in their order', () => {
    const ws = modelNamed('ws_period')!;
    const at = (value: readonly number[]): ReturnType<typeof judge> => {
      const estimates = Object.fromEntries(
        ws.listed!.map((name, i) => [name, { mean: i + 1, lo: i + 1, hi: i + 1 }] as const),
      );
      const judged: Target = { id: 'x', model: 'ws_period', params: {}, value, tolerance: 0 };
      return judge(judged, ws, [{ case: '', estimates, replications: 1, size: 1 }]);
    };
    expect(at([1, 2, 3, 4, 5, 6]).rows.map(({ judgement }) => judgement)).toEqual(Array(6).fill('pass'));
    expect(at([1, 2, 3, 4, 5, 6]).result).toEqual([1, 2, 3, 4, 5, 6]);
    expect(
      at([1, 2, 4, 3, 5, 6])
        .rows.map(({ judgement }) => judgement)
        .join(),
    ).toBe('pass,pass,FAIL,FAIL,pass,pass');
    expect(at([1, 2]).rows.map(({ reason }) => reason)).toEqual(['its value is no number']);
  });
  it('takes an exact one to the last digit that is printed', () => {
    const exact = (mean: number): string => {
      const one = { mean, lo: mean, hi: mean };
      const judged: Target = { id: 'x', model: 'mm1', params: {}, value: 3.24285714286, tolerance: 0 };
      return judge(judged, mm1, [{ case: '', estimates: { W: one }, replications: 1, size: 1 }]).rows[0]!.judgement;
    };
    expect(exact(22.7 / 7)).toBe('pass');
    expect(exact(3.2428572)).toBe('FAIL');
  });
});
