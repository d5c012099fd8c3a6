import { describe, expect, it } from 'vitest';
import * as records from '../../models/records.ts';
import { finishRun } from '../../reports/finish-run.ts';
import type { Expectation, Verdict } from '../../reports/verdict.ts';
import { formatSeconds } from '../../reports/verdict.ts';
import { Chains, SECOND } from './trace.ts';

function judged(chains: Chains, expectation: Expectation = {}): Verdict {
  return finishRun(chains.trace, { scenario: 's', seed: '7', expect: expectation }).summary.verdict;
}

function forge(chains: Chains): void {
  chains.trace.at(47_013_000);
  chains.block(1, (block) => chains.receive(block, 5, 5));
}

function healthy(): Chains {
  const chains = new Chains();
  chains.carry(1);
  chains.end(600 * SECOND);
  return chains;
}

describe('verdict', () => {
  it('says as expected, with what was counted -> 0', () => {
    const verdict = judged(healthy());
    expect(verdict).toMatchObject({ code: 0, name: 'as-expected', excusable: [] });
    expect(verdict.lines).toEqual([
      'AS EXPECTED   no-forgery 1 checked; at-most-once 1 checked; receive-xor-unwind 2 checked; ' +
        'finality-respected 1 checked; legal-moves 5 checked; resolution 1 of 1 met   assumptions evaluated: 0',
    ]);
    expect(verdict.notExercised).toEqual(['refund-exact', 'conservation', 'agreement', 'client-truth']);
  });

  it('says what, where and when of a violation, and that assumptions held -> 1', () => {
    const chains = new Chains();
    const limit = { limitNumerator: 1, limitDenominator: 3 };
    chains.trace.record(records.assumptionDeclared, {
      assumption: 0,
      kind: 'byzantine',
      subject: 1,
      subjectName: 'b',
      ...limit,
    });
    forge(chains);
    chains.end(600 * SECOND);
    const verdict = judged(chains);
    expect(verdict).toMatchObject({ code: 1, name: 'violation', excusable: [] });
    expect(verdict.lines[0]).toBe(
      'UNEXPLAINED S1 no-forgery  m=forged/1  t=47.013s  received as sequence 5 by a proof at height 1, and nobody sent it ' +
        '(event 1)   assumptions required: A1(b) held 0s..47.013s',
    );
  });

  it('names the assumption that was broken before, for the but-for replay', () => {
    const chains = new Chains();
    const limit = { limitNumerator: 1, limitDenominator: 3 };
    chains.trace.record(records.assumptionDeclared, {
      assumption: 0,
      kind: 'byzantine',
      subject: 1,
      subjectName: 'b',
      ...limit,
    });
    chains.trace.record(records.faultDeclared, { fault: 0, name: 'f2', kind: 'bft.twin' });
    chains.trace.at(41_200_000);
    for (const node of [0, 1]) {
      chains.trace.record(records.validatorTurned, { chain: 1, node, power: 1, isByzantine: true, fault: 0 });
    }
    forge(chains);
    chains.end(600 * SECOND);
    const phrase = 'A1(b) broken 41.2s..: byzantine 2/4, limit below 1/3, by fault f2';
    expect(judged(chains).excusable).toEqual([{ property: 'no-forgery', assumptions: [phrase] }]);
  });

  it('accepts a violation that was expected -> 0', () => {
    const chains = new Chains();
    forge(chains);
    chains.end(600 * SECOND);
    expect(judged(chains, { properties: { 'no-forgery': 'violated' } }).code).toBe(0);
    expect(judged(chains, { safety: 'violated' }).code).toBe(0);
    expect(judged(chains, { safety: 'violated', properties: { 'no-forgery': 'hold' } }).code).toBe(1);
  });

  it('refuses an expected violation that did not occur -> 1', () => {
    const verdict = judged(healthy(), { properties: { 'at-most-once': 'violated' } });
    expect(verdict).toMatchObject({ code: 1, name: 'unmet' });
    expect(verdict.lines).toEqual(['UNMET EXPECTATION S2 at-most-once   expected violated, and it held 1 times']);
    expect(judged(healthy(), { liveness: 'violated' }).code).toBe(1);
    expect(judged(healthy(), { assumptions: 'broken' }).code).toBe(1);
  });

  it('is inconclusive on a property named by its slug that nothing exercised -> 4', () => {
    const verdict = judged(healthy(), { properties: { agreement: 'hold' } });
    expect(verdict).toMatchObject({ code: 4, name: 'inconclusive' });
    expect(verdict.lines).toEqual(['INCONCLUSIVE S9 agreement   was never exercised']);
  });

  it('is inconclusive on an obligation that is not due after the drain -> 4, with the drain that decides', () => {
    const chains = new Chains();
    chains.carry(1);
    chains.trace.at(590 * SECOND);
    chains.request(2);
    chains.end(620 * SECOND);
    const verdict = judged(chains);
    expect(verdict.code).toBe(4);
    expect(verdict.lines).toEqual([
      'INCONCLUSIVE L2 resolution   1 of 2 obligations not due at the drain cap (latest 650s): rerun with drain >= 50s',
    ]);
  });

  it('lets the worst win: a violation beside what is not decided -> 1', () => {
    const chains = new Chains();
    forge(chains);
    chains.request(2);
    chains.end(50 * SECOND);
    expect(judged(chains)).toMatchObject({ code: 1, name: 'violation' });
  });

  it('is not given before the run has ended', () => {
    expect(() => judged(new Chains())).toThrow(/run-ended/);
  });

  it('writes seconds with the decimals they need', () => {
    expect([0, 47_013_000, 41_200_000, 1, -1_500_000].map(formatSeconds)).toEqual([
      '0s',
      '47.013s',
      '41.2s',
      '0.000001s',
      '-1.5s',
    ]);
  });
});
