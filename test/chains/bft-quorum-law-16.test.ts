/** The laws of block times at the two fidelities, over independent seeds; a wrong order statistic must not pass. */
import { describe, expect, it } from 'vitest';
import { compareSamples } from '../../sim/experiment/statistics/two-sample.ts';
import { type Figures, figuresOf, LOGNORMAL, SEEDS, WORLDS } from '../support/block-times.ts';

/** First seeds: those of the two fidelities are apart, so that their samples are independent. */
const FIRST = { votes: 1, quorum: 10_001 };

describe('bft at fidelity quorum: laws of block times over independent seeds, many validators', () => {
  const calm = new Map<number, Figures>();
  const votesOf = (n: number): Figures => {
    const figures = calm.get(n) ?? figuresOf({ n, fidelity: 'votes' }, FIRST.votes);
    calm.set(n, figures);
    return figures;
  };

  for (const n of [16]) {
    it.each(WORLDS)(`${n} validators, %s: the same as with votes, p > .001`, (name, world) => {
      const votes = name === 'calm' ? votesOf(n) : figuresOf({ n, fidelity: 'votes', ...world }, FIRST.votes);
      const quorum = figuresOf({ n, fidelity: 'quorum', ...world }, FIRST.quorum);
      for (const figure of ['interval', 'deciding', 'view'] as const) {
        expect(quorum[figure].length).toBe(SEEDS);
        expect([figure, compareSamples(votes[figure], quorum[figure]).chance > 0.001]).toEqual([figure, true]);
      }
    });

    it(`${n} validators: one vote more than a quorum is noticed, p < .001`, () => {
      const mutant = figuresOf({ n, fidelity: 'quorum', off: 1 }, FIRST.quorum);
      expect(compareSamples(votesOf(n).deciding, mutant.deciding).chance).toBeLessThan(0.001);
    });
  }

  it('delays that are 5 % longer are noticed, p < .001', () => {
    const options = { latency: { ...LOGNORMAL, median: 1.05 * LOGNORMAL.median } };
    const mutant = figuresOf({ n: 16, fidelity: 'quorum', options }, FIRST.quorum);
    expect(compareSamples(votesOf(16).deciding, mutant.deciding).chance).toBeLessThan(0.001);
  });
});
