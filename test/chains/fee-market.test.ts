import { describe, expect, it } from 'vitest';
import { movedBaseFee } from '../../models/chains/fee-market.ts';
import { type KeptRun, runText } from '../support/runs.ts';
import { optionsFor, problemsOf } from '../support/scenarios.ts';

const GWEI = 1_000_000_000n;

describe('fee market: base fee', () => {
  // @source ethereum/go-ethereum consensus/misc/eip1559/eip1559_test.go, TestCalcBaseFee: parent's fee, limit, gas used, fee.
  it.each([
    [GWEI, 20_000_000, 10_000_000, 1_000_000_000n],
    [GWEI, 20_000_000, 9_000_000, 987_500_000n],
    [GWEI, 20_000_000, 11_000_000, 1_012_500_000n],
  ])('%d wei after a block of limit %i that used %i -> %d', (before, limit, used, expected) => {
    expect(movedBaseFee(before, used, limit / 2, 8)).toBe(expected);
  });
  it('moves by an eighth at most, and up by one at least', () => {
    expect(movedBaseFee(8n * GWEI, 30_000_000, 15_000_000, 8)).toBe(9n * GWEI);
    expect(movedBaseFee(8n * GWEI, 0, 15_000_000, 8)).toBe(7n * GWEI);
    expect(movedBaseFee(7n, 15_000_001, 15_000_000, 8)).toBe(8n);
    expect(movedBaseFee(7n, 14_999_999, 15_000_000, 8)).toBe(7n);
  });
});

const TEXT = `l0sim: 1
name: market
seed: "3"
horizon: 20min
drain: 2h
proofs: modelled
synchrony: { model: partial, gst: 20min, delta: 500ms }
chains:
  eth:
    consensus: { kind: parametric }
    block: 12s
    asset: { name: ETH, decimals: 9 }
    gas: { price: 1, limit: 30000000, base-fee: { initial: 100, floor: 100 }, others: { gas: 10000000 } }
  hub: { consensus: { kind: bft }, block: 6s, asset: { name: HUB, decimals: 6 } }
lanes:
  out: { from: eth, to: hub, timeout: 2h }
relayers:
  r: { lanes: [out], wallet: { ETH: 1000 } }
traffic:
  t: { application: remote-call, lane: out, arrivals: { kind: periodic, every: 20s }, start: 1s }
faults:
  f: { kind: chain.KIND, target: { chain: CHAIN }, when: { at: 5min, for: 5min }WITH }
expect: { safety: hold, liveness: hold }
`;

function run(kind: string, chain = 'eth', parameters = ''): KeptRun {
  return runText(TEXT.replace('KIND', kind).replace('CHAIN', chain).replace('WITH', parameters));
}

/** Blocks of a chain made inside of the fault, and as long before it. */
function blocks(kept: KeptRun, chain: number): { before: number; inside: number; transactions: number } {
  const made = kept.of('block-produced').filter(({ fields }) => fields['chain'] === chain && fields['height'] !== 0);
  const of = (from: number, to: number) => made.filter(({ atUs }) => atUs >= from * 60e6 && atUs < to * 60e6);
  const inside = of(5, 10);
  const transactions = inside.reduce((sum, { fields }) => sum + (fields['transactions'] as number), 0);
  return { before: of(0, 5).length, inside: inside.length, transactions };
}

describe('faults: chain.congestion', () => {
  const kept = run('congestion', 'eth', ', with: { gas: 30000000, price: 400 }');
  const fees = kept.of('base-fee-set').map(({ atUs, fields }) => ({ atUs, fee: Number(fields['baseFee']) }));

  it('moves the base fee of each block by the rule from the one before', () => {
    const gas = kept.of('block-produced').filter(({ fields }) => fields['chain'] === 0 && fields['height'] !== 0);
    expect(fees[0]?.fee).toBe(100);
    fees.slice(1).forEach(({ fee }, i) => {
      const used = gas[i]?.fields['gas'] as number;
      const moved = movedBaseFee(BigInt(fees[i]!.fee), used, 15_000_000, 8);
      expect(BigInt(fee)).toBe(moved < 100n ? 100n : moved);
    });
  });

  it('drives the price up until others have had enough, and lets it fall afterwards', () => {
    const at = (minute: number) => fees.filter(({ atUs }) => atUs <= minute * 60e6).at(-1)!.fee;
    // Twelve full blocks raise 100 by (9/8)^12 = 4.1.
    expect(at(9)).toBeGreaterThan(340);
    expect(Math.max(...fees.map(({ fee }) => fee))).toBeLessThanOrEqual(600);
    expect(at(19)).toBeLessThan(at(9) * 0.7);
  });

  it('burns the base fee and gives the tip to the fees of the chain', () => {
    const moved = kept.of('asset-moved').filter(({ fields }) => fields['chain'] === 0 && fields['why'] === 'fee');
    const burnt = moved.filter(({ fields }) => fields['to'] === -1);
    const included = kept.of('transaction-included').filter(({ fields }) => fields['chain'] === 0);
    const sum = (list: readonly { fields: Readonly<Record<string, unknown>> }[], field: string): bigint =>
      list.reduce((total, { fields }) => total + (fields[field] as bigint), 0n);
    expect(sum(moved, 'amount')).toBe(sum(included, 'fee'));
    expect(sum(moved, 'amount') - sum(burnt, 'amount')).toBe(
      included.reduce((total, { fields }) => total + BigInt(fields['gas'] as number), 0n),
    );
  });

  it('makes everybody wait, and loses nobody', () => {
    expect(kept.found.size).toBe(0);
    const made = kept.of('block-produced').filter(({ fields }) => fields['chain'] === 0);
    // Others fill every block until 100 * (9/8)^12 = 411 is more than they pay: for 11 blocks, 132 s, at least.
    const crowded = made.filter(({ atUs }) => atUs > 5.5 * 60e6 && atUs < 7.2 * 60e6);
    expect(crowded.length).toBeGreaterThan(6);
    expect(crowded.map(({ fields }) => fields['transactions'])).toEqual(crowded.map(() => 0));
    expect(kept.of('packet-received').length).toBe(60);
  });
});

describe('faults: chain.halt', () => {
  it.each([
    ['eth', 0],
    ['hub', 1],
  ])('stands %s still, and what waits goes on afterwards', (chain, id) => {
    const kept = run('halt', chain);
    expect(blocks(kept, id).inside).toBeLessThanOrEqual(1);
    expect(blocks(kept, id).before).toBeGreaterThan(20);
    expect(kept.found.size).toBe(0);
    expect(kept.of('chain-turned').map(({ fields }) => [fields['condition'], fields['isOn']])).toEqual([
      ['halt', true],
      ['halt', false],
    ]);
    expect(kept.of('packet-received').length).toBe(kept.of('packet-committed').length);
  });
});

describe('faults: chain.slow-blocks', () => {
  it.each([
    ['eth', 0],
    ['hub', 1],
  ])('makes blocks of %s take three times as long', (chain, id) => {
    const { before, inside } = blocks(run('slow-blocks', chain, ', with: { factor: 3 }'), id);
    expect(Math.abs(inside - before / 3)).toBeLessThanOrEqual(2);
  });
});

describe('faults: chain.empty-blocks', () => {
  it('lets blocks come with nothing in them', () => {
    const kept = run('empty-blocks');
    const { before, inside, transactions } = blocks(kept, 0);
    expect([inside, transactions]).toEqual([before + 1, 0]);
    expect(kept.found.size).toBe(0);
  });
});

describe('scenario: gas', () => {
  const base = TEXT.replace('KIND', 'halt').replace('CHAIN', 'eth').replace('WITH', '');
  it.each([
    ['others who leave no room', base.replace('others: { gas: 10000000 }', 'others: { gas: 30000000 }'), 'E139'],
    [
      'a base fee on demand',
      base.replace('{ kind: parametric }\n    block: 12s', '{ kind: parametric, sealing: on-demand }'),
      'E139',
    ],
  ])('refuses %s', (_what, text, code) => {
    expect(problemsOf(text, optionsFor('scenarios/base.yaml')).map((problem) => problem.code)).toContain(code);
  });
});
