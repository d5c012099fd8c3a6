/** Rollups: data and heads on the chain below, windows and proofs, and what each process that stops or lies costs. */
import { describe, expect, it } from 'vitest';
import { type KeptRun, runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const VALIDITY = `{ kind: validity, proving: 90s }`;
const SCENARIO = `
l0sim: 1
name: rollup
horizon: 10min
drain: 2h
chains:
  parent: { consensus: { kind: parametric }, block: 12s, asset: { name: P, decimals: 6 } }
  rollup:
    consensus: { kind: rollup, on: parent, batch: 61s, output: 121s, settlement: { kind: challenge, window: 5min } }
    block: 2s
    asset: { name: R, decimals: 6 }
lanes:
  down: { from: parent, to: rollup, verifier: { kind: shared-security }, timeout: 2h }
  up: { from: rollup, to: parent, verifier: { kind: shared-security }, timeout: 2h }
relayers: { r: { lanes: [down, up] } }
traffic:
  in: { application: token-transfer, lane: down, arrivals: { kind: periodic, every: 30s }, amount: 1 P }
  out: { application: token-transfer, lane: up, arrivals: { kind: periodic, every: 30s }, amount: 1 R }
`;
const SETTLEMENT = 'chains.rollup.consensus.settlement';

/** Seconds of [block of the rollup made, head there] of a tag. */
function moves(run: KeptRun, tag: string): (readonly [number, number])[] {
  const made = new Map(
    run
      .of('block-produced')
      .filter(({ fields }) => fields['chain'] === 1)
      .map(({ atUs, fields }) => [fields['block'], atUs / 1e6]),
  );
  return run
    .of('tag-moved')
    .filter(({ fields }) => fields['tag'] === tag)
    .map(({ atUs, fields }) => [made.get(fields['block']) ?? NaN, atUs / 1e6] as const);
}

describe('chains: heads of a rollup', () => {
  it('is safe once its data is in a block below -> the batch of 61 s is in at 72 s, heard of 50 ms later', () => {
    const run = runText(SCENARIO);
    expect(moves(run, 'safe').slice(0, 2)).toEqual([
      [60, 72.05],
      [120, 132.05],
    ]);
    expect(moves(run, 'finalized').slice(0, 2)).toEqual(moves(run, 'safe').slice(0, 2));
  });

  it('is final with the block below that holds its data -> two blocks on top of that of 72 s, at 96 s', () => {
    const run = runText(SCENARIO, { 'chains.rollup.consensus.finality': '{ kind: depth, blocks: 2 }' });
    expect(moves(run, 'finalized')[0]).toEqual([60, 96.05]);
  });

  it('settles by window -> stated at 121 s of what is final, in at 132 s, 300 s later believed at 432 s, settled at 444 s', () => {
    // At 432 s the proposer sees that the window is over; its call comes into the block of 444 s.
    expect(moves(runText(SCENARIO), 'settled')[0]).toEqual([60, 444.05]);
  });

  it('settles by proof -> begun at 121 s of what is posted, made at 211 s, in at 216 s', () => {
    const run = runText(SCENARIO, { [SETTLEMENT]: VALIDITY });
    expect(moves(run, 'settled')[0]).toEqual([60, 216.05]);
    expect(run.result.violations).toEqual([]);
  });

  it('carries messages both ways and keeps value -> no violation, each message acknowledged', () => {
    const { result } = runText(SCENARIO);
    expect(result.violations).toEqual([]);
    expect(result.messages.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 40 }, () => 'acknowledged'));
  });
});

describe('chains: what can go wrong with a rollup', () => {
  it('posts nothing while its batcher is stopped, and all of it after -> one safe head jumps over the gap', () => {
    const run = runText(SCENARIO, {
      faults: '{ quiet: { kind: rollup.stop, target: { chain: rollup }, when: { at: 100s, for: 200s } } }',
    });
    const safe = moves(run, 'safe').map(([, there]) => there);
    expect(safe.filter((there) => there > 132 && there < 300)).toEqual([]);
    expect(moves(run, 'safe')[1]).toEqual([304, 312.05]);
    expect(run.result.violations).toEqual([]);
  });

  it('makes no block while its sequencer is down, and what is posted goes on to its end', () => {
    const run = runText(SCENARIO, {
      faults: '{ out: { kind: chain.halt, target: { chain: rollup }, when: { at: 101s, for: 200s } } }',
    });
    const made = run.of('block-produced').filter(({ fields }) => fields['chain'] === 1);
    expect(made.filter(({ atUs }) => atUs > 101e6 && atUs < 301e6)).toEqual([]);
    expect(moves(run, 'safe')[1]).toEqual([100, 132.05]);
  });

  it('takes back what it has not posted -> blocks fall, messages sent in them are sent again, value is kept', () => {
    const run = runText(SCENARIO, {
      'chains.rollup.settle-depth': '60',
      faults: '{ undo: { kind: rollup.undo, target: { chain: rollup }, when: { at: 115s }, with: { blocks: 20 } } }',
    });
    const undone = run.of('head-moved').filter(({ fields }) => (fields['undone'] as number[]).length > 0);
    expect(undone.map(({ atUs, fields }) => [atUs, (fields['undone'] as number[]).length])).toEqual([[115e6, 20]]);
    expect(run.result.violations).toEqual([]);
  });

  it('never takes back what is posted -> at 80 s at most the blocks since 60 s fall', () => {
    const run = runText(SCENARIO, {
      'chains.rollup.settle-depth': '60',
      faults: '{ undo: { kind: rollup.undo, target: { chain: rollup }, when: { at: 81s }, with: { blocks: 50 } } }',
    });
    const undone = run.of('head-moved').find(({ fields }) => (fields['undone'] as number[]).length > 0);
    expect((undone?.fields['undone'] as number[]).length).toBe(10);
  });

  const LIES = '{ lie: { kind: rollup.false-output, target: { chain: rollup }, when: { at: 90s, for: 60s } } }';

  it('strikes off a false output that a challenger disputes -> none that settles is false, its bond goes to the challenger', () => {
    const run = runText(SCENARIO, {
      faults: LIES,
      [`${SETTLEMENT}.bond`]: '5',
      [`${SETTLEMENT}.challengers`]: '{ count: 2, reaction: 30s }',
    });
    expect(run.of('output-disputed').map(({ fields }) => fields['output'])).toEqual([0]);
    expect(run.of('output-settled').every(({ fields }) => fields['isTrue'] === true)).toBe(true);
    const bonds = run.of('asset-moved').filter(({ fields }) => fields['why'] === 'bond');
    expect(bonds.filter(({ fields }) => fields['amount'] === 5_000_000n).length).toBe(bonds.length);
    expect(run.result.violations).toEqual([]);
  });

  it('believes a false output that nobody disputes -> it settles, and messages wait for the next that is true', () => {
    const run = runText(SCENARIO, { faults: LIES, [`${SETTLEMENT}.challengers`]: '{ count: 0 }' });
    expect(
      run
        .of('output-settled')
        .map(({ fields }) => fields['isTrue'])
        .slice(0, 2),
    ).toEqual([false, true]);
  });

  it('is too late to dispute after the window -> a challenger slower than it changes nothing', () => {
    const run = runText(SCENARIO, { faults: LIES, [`${SETTLEMENT}.challengers`]: '{ reaction: 6min }' });
    expect(run.of('output-disputed')).toEqual([]);
    expect(run.of('output-settled')[0]?.fields['isTrue']).toBe(false);
  });

  it('finds no proof of a false head -> the contract refuses it, and nothing false settles', () => {
    const run = runText(SCENARIO, { [SETTLEMENT]: VALIDITY, faults: LIES.replace('90s, for: 60s', '90s, for: 300s') });
    const refused = run.of('transaction-included').filter(({ fields }) => fields['reason'] === 'proof-invalid');
    expect(refused.length).toBeGreaterThan(0);
    expect(run.of('output-settled').every(({ fields }) => fields['isTrue'] === true)).toBe(true);
  });
});

describe('chains: a rollup on a chain that forks', () => {
  const FORKING = {
    'chains.parent':
      '{ consensus: { kind: proof-of-work }, validators: [1, 1, 1, 1], block: 12s, asset: { name: P, decimals: 6 }, network: { latency: 3s } }',
    'chains.rollup.consensus.origin': '{ kind: instant }',
    'lanes.down.finality': '{ kind: depth, blocks: 1 }',
    horizon: '1h',
  };

  it('undoes the blocks whose origin is undone, and no message lives on alone -> reorgs below, and no violation', () => {
    const run = runText(SCENARIO, FORKING);
    const undone = (chain: number): number =>
      run
        .of('head-moved')
        .filter(({ fields }) => fields['chain'] === chain && (fields['undone'] as number[]).length > 0).length;
    expect(undone(0)).toBeGreaterThan(5);
    expect(undone(1)).toBeGreaterThan(5);
    expect(run.result.violations).toEqual([]);
  });

  it('builds on blocks four deep unless told otherwise -> reorgs below leave it alone', () => {
    const { 'chains.rollup.consensus.origin': _origin, ...rest } = FORKING;
    const run = runText(SCENARIO, rest);
    const undone = run.of('head-moved').filter(({ fields }) => (fields['undone'] as number[]).length > 0);
    expect(undone.some(({ fields }) => fields['chain'] === 0)).toBe(true);
    expect(undone.filter(({ fields }) => fields['chain'] === 1)).toEqual([]);
    expect(run.result.violations).toEqual([]);
  });
});

describe('scenario: what a rollup must mean', () => {
  it.each([
    [{ 'chains.rollup.consensus.on': 'rollup' }, 'stands on itself'],
    [{ 'chains.rollup.consensus.on': 'nowhere' }, 'unknown chain'],
    [{ 'chains.rollup.consensus.origin': '{ kind: tag, tag: safe }' }, 'names no head safe'],
    [{ 'chains.rollup.validators': '4' }, 'has one node'],
    [{ 'chains.rollup.consensus.batch': '0s' }, 'no time passes'],
    [{ [`${SETTLEMENT}.bond`]: '0.0000001' }, 'finer than the base unit'],
    [{ 'chains.rollup.keep-blocks': '100' }, 'forgotten before they are believed'],
    [{ 'chains.parent.consensus': '{ kind: parametric, sealing: on-demand }' }, 'no time passes below'],
  ])('refuses %j -> %s', (changes, message) => {
    const overrides = Object.entries(changes).map(([path, value]) => ({ path, value: String(value), flag: '--set' }));
    expect(
      problemsOf(SCENARIO, { overrides })
        .map(({ what }) => what)
        .join('; '),
    ).toContain(message);
  });
});
