/** A chain that goes on under a new revision: headers, clients that follow it, and clients that cannot. */
import { describe, expect, it } from 'vitest';
import { type KeptRun, runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const SCENARIO = `
l0sim: 1
name: upgrade
horizon: 10min
drain: 3h
proofs: hashed
synchrony: { model: partial, gst: 0s, delta: 500ms }
chains:
  a: { consensus: { kind: bft }, validators: 4, block: 6s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: bft }, validators: 4, block: 6s, asset: { name: B, decimals: 6 } }
lanes:
  ab: { from: a, to: b, timeout: 30min }
  ba: { from: b, to: a, timeout: 30min }
relayers: { r: { lanes: [ab, ba] } }
traffic:
  forth: { application: token-transfer, lane: ab, arrivals: { kind: periodic, every: 17s }, amount: 1 A }
  back: { application: token-transfer, lane: ba, arrivals: { kind: periodic, every: 23s }, amount: 1 B }
`;
const at = (upgrades: string): Record<string, string> => ({ 'chains.a.upgrades': upgrades });

function outcomes(run: KeptRun, traffic: string): Set<string> {
  return new Set(
    run.result.messages.filter(({ message }) => message.startsWith(traffic)).map(({ outcome }) => outcome),
  );
}

describe('chains: upgrades', () => {
  it('changes nothing where there is none -> the same digest with a plan for a height that never comes but for its text', () => {
    const run = runText(SCENARIO, at('[{ height: 100000 }]'));
    expect(run.result.digest).toBe(runText(SCENARIO).result.digest);
    expect(run.of('chain-upgraded')).toEqual([]);
  });

  it('goes on after the height with revision 1 -> the first block above it', () => {
    const run = runText(SCENARIO, at('[{ height: 40 }]'));
    expect(run.of('chain-upgraded').map(({ fields }) => [fields['height'], fields['revision']])).toEqual([[41, 1]]);
  });

  it('takes clients along -> each message before, across and after it is acknowledged', () => {
    const run = runText(SCENARIO, at('[{ height: 40 }]'));
    expect(run.result.violations).toEqual([]);
    expect(outcomes(run, 'forth')).toEqual(new Set(['acknowledged']));
    expect(outcomes(run, 'back')).toEqual(new Set(['acknowledged']));
    expect(run.of('client-upgraded').map(({ fields }) => [fields['chain'], fields['revision']])).toEqual([[1, 1]]);
    const upgraded = run.of('client-upgraded')[0]?.atUs ?? 0;
    const last = run.of('client-updated').filter(({ atUs, fields }) => fields['chain'] === 1 && atUs <= upgraded);
    // The last header of the old revision comes first.
    expect(last.map(({ fields }) => fields['height'])).toContain(40);
  });

  it('takes them along twice, one upgrade after the other, while nobody carried anything', () => {
    const run = runText(SCENARIO, {
      ...at('[{ height: 30 }, { height: 34 }]'),
      faults: '{ gone: { kind: rel.stop, target: { relayer: r }, when: { at: 150s, for: 120s } } }',
    });
    expect(run.of('client-upgraded').map(({ fields }) => fields['revision'])).toEqual([1, 2]);
    expect(run.result.violations).toEqual([]);
  });

  it('leaves clients behind where it says nothing of what they are to become -> nothing from there is believed', () => {
    const run = runText(SCENARIO, at('[{ height: 40, path: false }]'));
    expect(run.of('client-upgraded')).toEqual([]);
    const heights = run
      .of('client-updated')
      .filter(({ fields }) => fields['chain'] === 1)
      .map(({ fields }) => fields['height'] as number);
    expect(Math.max(...heights)).toBeLessThanOrEqual(40);
    // What it sent comes back to it, since it still believes the other; what it received it can tell nobody.
    expect(outcomes(run, 'forth')).toEqual(new Set(['acknowledged', 'unwound']));
    expect([...run.found.keys()]).toEqual(['resolution']);
  });

  it('refuses a header of a revision that the client does not follow', () => {
    const run = runText(SCENARIO, at('[{ height: 40, path: false }]'));
    const late = run
      .of('client-updated')
      .filter(({ fields }) => fields['chain'] === 1 && (fields['height'] as number) > 40);
    expect(late).toEqual([]);
  });
});

describe('scenario: what upgrades must mean', () => {
  it.each([
    ['[{ height: 40 }, { height: 40 }]', 'upgrades come one after the other'],
    ['[{ height: 40 }, { height: 41 }]', 'upgrades come one after the other'],
  ])('refuses %s', (value, what) => {
    const overrides = [{ path: 'chains.a.upgrades', value, flag: '--set' }];
    expect(problemsOf(SCENARIO, { overrides }).map((problem) => problem.what)).toContain(what);
  });

  it('needs a chain that votes', () => {
    const text = SCENARIO.replace('a: { consensus: { kind: bft }, validators: 4', 'a: { upgrades: [{ height: 9 }]');
    expect(problemsOf(text).map(({ what }) => what)).toContain(
      'only the headers of a chain that votes bear a revision',
    );
  });
});
