/**
 * Fees of lanes. Expected: sums by hand of the terms, and for fees that wait for the work max(receive + acknowledge, time-out)
 * as Total() of cosmos/ibc-go v8.7.0 apps/29-fee/types/fee.go has it.
 */
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../models/lanes/lane.ts';
import { judgedProperties, judgeOf } from '../../reports/results.ts';
import { scalarsOf } from '../../reports/scalars.ts';
import { startRun } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { type LaneWorld, laneWorld, SECOND } from '../support/lanes-by-hand.ts';
import { runText } from '../support/runs.ts';

const USER = 'user/t/0';
const FORTUNE = 1_000_000_000n;
const LATE = { chainUs: 10_000_000 * SECOND };

function world(fees: string, more = ''): LaneWorld {
  return laneWorld(
    `  a-b: { from: a, to: b, timeout: 60s, verifier: { kind: committee }, fees: ${fees}${more} }
  b-a: { from: b, to: a, timeout: 60s, verifier: { kind: committee } }`,
    {
      rest: `
traffic:
  t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 1h }, start: 9h, users: 2 }`,
    },
  );
}

function transfer(test: LaneWorld, amount = 7n, by = USER): Packet {
  const given = { lane: 0, asset: 'A', amount, receiver: 'user/t/1', message: -1 };
  expect(test.call('a', 'transfer', given, by)).toBe('done');
  return test.sent()[0] as Packet;
}

const receive = (test: LaneWorld, packet: Packet, by: string): string =>
  test.call('b', 'receive', { packet, evidence: undefined }, by);
const acknowledge = (test: LaneWorld, packet: Packet, by: string, payee: string): string =>
  test.call('a', 'acknowledge', { packet, isSuccess: true, payee, evidence: undefined }, by);

describe('fees that wait for the work', () => {
  const terms = '{ kind: incentive, receive: 3, acknowledge: 2, time-out: 4 }';

  it('locks 5, and pays 3 to who delivered and 2 to who acknowledged', () => {
    const test = world(terms);
    const packet = transfer(test);
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE - 12n);
    expect(test.balance('a', 'fees/a-b', 'A')).toBe(5n);
    receive(test, packet, 'relayer/x');
    const written = test.seen.find(({ name }) => name === 'acknowledgement-written');
    expect(written?.fields['isSuccess']).toBe(true);
    expect(acknowledge(test, packet, 'relayer/y', 'relayer/x')).toBe('done');
    expect([test.balance('a', 'relayer/x', 'A'), test.balance('a', 'relayer/y', 'A')]).toEqual([3n, 2n]);
    expect(test.balance('a', 'fees/a-b', 'A')).toBe(0n);
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE - 12n);
    expect(test.state('a', 'lanes/0/fee-payers/1')).toBeUndefined();
    expect(test.found()).toEqual([]);
  });

  it('pays 4 for a timeout, and gives 1 and the tokens back', () => {
    const test = world(terms);
    const packet = transfer(test);
    test.until(100);
    expect(test.timeOut(packet, LATE)).toBe('done');
    expect(test.balance('a', 'somebody', 'A')).toBe(4n);
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE - 4n);
    expect(test.balance('a', 'fees/a-b', 'A')).toBe(0n);
    expect(test.found()).toEqual([]);
  });

  it('gives 1 back where 2 are locked and 1 is earned, and not 2 -> defect 5: the worked example of ICS 29 pays 3 of 2', () => {
    // In thousandths of IRIS: nothing for delivery (paid in ATOM there), 1 for the acknowledgement, 2 for a timeout.
    const test = world('{ kind: incentive, receive: 0, acknowledge: 1, time-out: 2 }');
    const packet = transfer(test);
    expect(test.balance('a', 'fees/a-b', 'A')).toBe(2n);
    receive(test, packet, 'relayer/x');
    expect(acknowledge(test, packet, 'relayer/y', 'relayer/x')).toBe('done');
    expect(test.balance('a', 'relayer/y', 'A')).toBe(1n);
    // Of the 2 one has come back: what is missing is the 7 that were sent, and the 1 that was earned.
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE - 7n - 1n);
    expect(test.balance('a', 'fees/a-b', 'A')).toBe(0n);
    expect(test.found()).toEqual([]);
  });

  it('locks the dearer outcome: 9 for a timeout, of which 4 come back when all goes well', () => {
    const test = world('{ kind: incentive, receive: 3, acknowledge: 2, time-out: 9 }');
    const packet = transfer(test);
    expect(test.balance('a', 'fees/a-b', 'A')).toBe(9n);
    receive(test, packet, 'relayer/x');
    acknowledge(test, packet, 'relayer/x', 'relayer/x');
    expect(test.balance('a', 'relayer/x', 'A')).toBe(5n);
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE - 12n);
    expect(test.found()).toEqual([]);
  });

  it('refuses a sender who has the tokens and not the fee -> fee-not-covered, and nothing is taken', () => {
    const test = world(terms);
    const poor = { lane: 0, asset: 'A', amount: FORTUNE - 4n, receiver: 'user/t/1', message: -1 };
    expect(test.call('a', 'transfer', poor, USER)).toBe('fee-not-covered');
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE);
  });

  it('refuses a name that is none -> packet-malformed', () => {
    const test = world(terms);
    const packet = transfer(test);
    receive(test, packet, 'relayer/x');
    const given = { packet, isSuccess: true, payee: 7, evidence: undefined };
    expect(test.call('a', 'acknowledge', given, 'relayer/y')).toBe('packet-malformed');
  });
});

describe('fees ahead', () => {
  it('takes the quote, and the system keeps it whatever becomes of the packet', () => {
    const test = world('{ kind: ahead, flat: 6 }');
    const packet = transfer(test);
    test.until(100);
    test.timeOut(packet, LATE);
    expect(test.balance('a', 'fees/a-b', 'A')).toBe(6n);
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE - 6n);
    expect(test.found()).toEqual([]);
  });

  // 250,000 gas x 3 x 1.2 = 900,000 base units of B, which has 6 decimals: 0.9 B, at 2 A for a B 1.8 A, and 0.5 beside.
  it('quotes gas at the price of the destination, by margin and rate, rounded up', () => {
    const { scenario } = loadScenario(`
l0sim: 1
name: quote
horizon: 1min
chains:
  a: { consensus: { kind: parametric }, asset: { name: A, decimals: 8 }, gas: { price: 1 } }
  b: { consensus: { kind: parametric }, asset: { name: B, decimals: 6 }, gas: { price: 3 } }
lanes:
  a-b: { from: a, to: b, verifier: { kind: committee, members: 1 }, fees: { kind: ahead, flat: 0.5, gas: 250000, margin: 1.2, rate: 2 } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: remote-call, lane: a-b, arrivals: { kind: periodic, every: 20s } } }
`);
    const run = startRun(scenario);
    while (run.advance(Number.MAX_SAFE_INTEGER));
    const [messages, paid] = run.measure(
      scalarsOf(['A', 'B']).filter(({ name }) => name === 'messages' || name === 'carriage-A'),
    );
    run.finish();
    expect(messages).toBeGreaterThan(1);
    expect(paid).toBe((messages ?? NaN) * 230_000_000);
  });
});

describe('fees on delivery', () => {
  it('takes 30 bps of 10,000 from what arrives, for who delivers', () => {
    const test = world('{ kind: on-delivery, bps: 30 }');
    const packet = transfer(test, 10_000n);
    receive(test, packet, 'relayer/x');
    expect(test.balance('b', 'relayer/x', 'a-b/A')).toBe(30n);
    expect(test.balance('b', 'user/t/1', 'a-b/A')).toBe(9_970n);
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE - 10_000n);
    expect(test.found()).toEqual([]);
  });

  it('takes it for the system where the lane says so, and rounds down: 30 bps of 999 are 2', () => {
    const test = world('{ kind: on-delivery, bps: 30, to: system }');
    receive(test, transfer(test, 999n), 'relayer/x');
    expect(test.balance('b', 'fees/a-b', 'a-b/A')).toBe(2n);
    expect(test.balance('b', 'user/t/1', 'a-b/A')).toBe(997n);
    expect(test.found()).toEqual([]);
  });
});

describe('fees in a whole run', () => {
  const text = (verifier: string): string => `
l0sim: 1
name: paid
seed: "3"
horizon: 4min
drain: 20min
proofs: modelled
chains:
  a: { consensus: { kind: bft }, validators: 4, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: bft }, validators: 4, block: 3s, asset: { name: B, decimals: 6 } }
lanes:
  a-b: { from: a, to: b, verifier: ${verifier}, timeout: 40s, fees: { kind: incentive, receive: 0.3, acknowledge: 0.2, time-out: 0.4 } }
relayers: { r: { lanes: [a-b], count: 2, strategy: { kind: assigned } } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 5s }, amount: 2 A } }
faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: 60s, for: 70s } } }
`;

  it.each(['{ kind: light-client }', '{ kind: committee, members: 3, threshold: 2 }'])(
    'earns each relayer 0.3 a delivery, 0.2 an acknowledgement and 0.4 a timeout (%s)',
    (verifier) => {
      const run = runText(text(verifier));
      const name = new Map([...new Set(run.of('relayer-declared'))].map(({ fields }) => [fields['name'], fields]));
      const accountOn = (who: string, chain: number): number => {
        const pairs = name.get(who)?.['accounts'] as readonly number[];
        return pairs[pairs.findIndex((each, i) => i % 2 === 0 && each === chain) + 1] ?? -1;
      };
      for (const who of ['r.1', 'r.2']) {
        const by = (record: string, chain: number): number =>
          run.of(record).filter(({ fields }) => fields['account'] === accountOn(who, chain)).length;
        const earned =
          300_000 * by('packet-received', 1) +
          200_000 * by('packet-acknowledged', 0) +
          400_000 * by('packet-timed-out', 0);
        const row = run.result.participants.find(({ participant, chain }) => participant === who && chain === 'a');
        expect(earned).toBeGreaterThan(0);
        expect(row?.income).toBe(`${earned} A`);
      }
      expect(run.result.violations).toEqual([]);
      expect(run.result.messages.some(({ outcome }) => outcome === 'unwound')).toBe(true);
      const judged = run.result.properties.find(({ property }) => property === 'fees-exact');
      expect(judged?.checked).toBeGreaterThan(run.result.messages.length);
    },
  );

  it('says what does not fit: fees for the work on a lane that hears nothing back, and too many digits', () => {
    const bad = text('{ kind: committee, members: 1 }')
      .replace('timeout: 40s', 'timeout: 40s, acknowledge: false')
      .replace('receive: 0.3', 'receive: 0.3000001');
    expect(() => loadScenario(bad)).toThrow(/E138[\s\S]*E139|E139[\s\S]*E138/);
  });
});

it('is asked of charged lanes alone: fees-exact does not apply where nobody pays', () => {
  const test = laneWorld('  a-b: { from: a, to: b, timeout: 60s, verifier: { kind: committee } }');
  const judge = judgeOf(test.simulation.world.observers);
  expect(judgedProperties(judge).find(({ part }) => part.slug === 'fees-exact')?.applies).toBe(false);
});
