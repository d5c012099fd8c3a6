import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import { BASE, changed, problemsOf } from '../support/scenarios.ts';

const lane = (rules: string): string => changed('timeout: 4min', rules);

describe('scenario: packet rules', () => {
  it('resolve, and are left out where they are the usual', () => {
    const rules = 'ordering: lazy-gap\n    replay: nonce\n    acknowledge: false';
    expect(loadScenario(lane(rules)).scenario.lanes['out']).toMatchObject({
      ordering: 'lazy-gap',
      replay: 'nonce',
      timeout: 0,
    });
    for (const key of ['replay', 'failure', 'manualAfter', 'refundAfter']) {
      expect(loadScenario(BASE).scenario.lanes['out']).not.toHaveProperty(key);
    }
    expect(loadScenario(lane('failure: manual\n    manual-after: 8h')).scenario.lanes['out']).toMatchObject({
      failure: 'manual',
      manualAfter: 28_800_000_000,
      timeout: 600_000_000,
    });
  });

  it.each([
    ['gaps that time out', 'timeout: 4min\n    ordering: lazy-gap', 'timeout', 'stop all behind it'],
    ['a bitmap that times out', 'timeout: 4min\n    replay: bitmap', 'timeout', 'shows no absence'],
    ['a nonce without an order', 'replay: nonce', 'replay', 'order'],
    ['hashes with gaps', 'replay: hash\n    ordering: lazy-gap', 'replay', 'gaps'],
    ['an order that stands still', 'failure: retry\n    ordering: strict', 'failure', 'in the way'],
    ['hands where nobody needs them', 'manual-after: 1h', 'manual-after', 'by hand'],
    ['locks in the wrong order', 'timeout: 4min\n    refund-after: 3min', 'refund-after', 'too late'],
    ['locks without news', 'timeout: 4min\n    refund-after: 1h\n    acknowledge: false', 'acknowledge', 'delivery'],
  ])('refuse %s', (_what, rules, key, words) => {
    const problems = problemsOf(lane(rules));
    expect(problems.map((each) => `${each.code} ${each.path}`)).toEqual([`E139 lanes.out.${key}`]);
    expect(JSON.stringify(problems)).toContain(words);
  });

  it.each([
    ['skip', 'failure: retry\n    acknowledge: false'],
    ['clear', 'failure: retry'],
    ['execute', 'timeout: 4min'],
  ])('refuse to %s where it could never be done', (act, rules) => {
    const acts = `operators:\n  o: { holds: [out], acts: [{ at: 1min, do: ${act}, lane: out, sequence: 1 }] }\n`;
    const problems = problemsOf(`${lane(rules)}${acts}`);
    expect(problems.map((each) => `${each.code} ${each.path}`)).toEqual(['E139 operators.o.acts.0.do']);
  });

  it.each([
    ['a call beside a call', 'call: { gas: 1 }', 'call'],
    ['a failure of tokens', 'failure-lasts: 1min', 'failure-lasts'],
  ])('refuse %s', (_what, more, key) => {
    const text = changed('lane: out\n', `lane: out\n    ${more}\n`);
    const wrong =
      key === 'call' ? text.replace('token-transfer', 'remote-call').replace('    amount: 1.5 ATOM\n', '') : text;
    expect(problemsOf(wrong).map((each) => `${each.code} ${each.path}`)).toEqual([`E139 traffic.t.${key}`]);
  });
});

describe('scenario: proofs over several chains', () => {
  const names = ['a', 'b', 'c'];
  const chains = names.map(
    (name) =>
      `  ${name}: { consensus: { kind: bft }, validators: 4, block: 5s, asset: { name: ${name.toUpperCase()}, decimals: 6 } }`,
  );
  const text = (far: string, near = ''): string => `l0sim: 1
name: ways
horizon: 1min
chains:
${chains.join('\n')}
lanes:
  first: { from: a, to: b, timeout: 5min${near} }
  second: { from: b, to: c, timeout: 5min }
  far: { from: a, to: c, timeout: 5min, verifier: ${far} }
`;

  it('resolve to the lanes on the way', () => {
    const { scenario } = loadScenario(text('{ kind: proof-chain, through: [first, second] }'));
    expect(scenario.lanes['far']?.verifier).toEqual({ kind: 'proof-chain', through: ['first', 'second'] });
    expect(scenario.lanes['far']?.returnVerifier).toEqual({ kind: 'proof-chain', through: ['first', 'second'] });
  });

  it.each([
    [
      'a lane that is not there',
      '{ kind: proof-chain, through: [first, secnod] }',
      '',
      'E130 lanes.far.verifier.through.1',
    ],
    ['a way with a hole', '{ kind: proof-chain, through: [second, first] }', '', 'E139 lanes.far.verifier.through.1'],
    ['itself', '{ kind: proof-chain, through: [first, far] }', '', 'E139 lanes.far.verifier.through.1'],
    [
      'a way without clients',
      '{ kind: proof-chain, through: [first, second] }',
      ', verifier: { kind: committee }',
      'E139 lanes.far.verifier.through.0',
    ],
    [
      'a part of another',
      '{ kind: all, of: { x: { kind: proof-chain, through: [first, second] }, y: { kind: light-client } } }',
      '',
      'E139 lanes.far.verifier',
    ],
  ])('refuse %s', (_what, far, near, problem) => {
    expect(problemsOf(text(far, near)).map((each) => `${each.code} ${each.path}`)).toContain(problem);
  });
});
