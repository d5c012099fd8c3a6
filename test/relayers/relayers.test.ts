/**
 * Relayers against the clock: blocks of `a` at 10, 20, ... and of `b` at 7, 14, ... seconds, a notice after 50 ms, a
 * transaction in the mempool 100 ms after it is sent off. Every expected time is added up from these by hand.
 */
import { describe, expect, it } from 'vitest';
import { type KeptRun, runText } from '../support/runs.ts';

interface Settings {
  readonly relayers: string;
  /** Seconds at which messages are asked for. */
  readonly at?: readonly number[];
  readonly blockA?: string;
  readonly blockB?: string;
  readonly gasB?: number;
  readonly limitB?: number;
  readonly lane?: string;
  readonly horizon?: string;
  readonly drain?: string;
  readonly failing?: boolean;
  readonly more?: string;
}

function run(settings: Settings): KeptRun {
  const { at = [1], blockA = '10s', blockB = '7s', gasB = 0, lane = 'timeout: 1h' } = settings;
  const limit = settings.limitB === undefined ? '' : `, limit: ${settings.limitB}`;
  const entries = at.map((second) => `{ at_us: ${second * 1_000_000} }`).join(', ');
  const what = settings.failing === true ? 'application: remote-call, failure: 100%' : 'application: token-transfer';
  return runText(`
l0sim: 1
name: relayers
horizon: ${settings.horizon ?? '1min'}
drain: ${settings.drain ?? '2h'}
proofs: modelled
chains:
  a: { consensus: { kind: parametric }, block: ${blockA}, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: ${blockB}, asset: { name: B, decimals: 6 }, gas: { price: ${gasB}${limit} } }
lanes: { a-b: { from: a, to: b, ${lane} } }
relayers: ${settings.relayers}
traffic: { t: { ${what}, lane: a-b, arrivals: { kind: trace, entries: [${entries}] } } }
${settings.more ?? ''}
`);
}

/** Seconds at which deliveries of one kind were sent off, with sequence and, where there are several, the relayer. */
function submitted(kept: KeptRun, action = 'receive'): [second: number, sequence: unknown][] {
  return kept
    .of('relay-submitted')
    .filter(({ fields }) => fields['action'] === action)
    .map(({ atUs, fields }) => [atUs / 1_000_000, fields['sequence']]);
}

function dropped(kept: KeptRun): [second: number, what: string][] {
  return kept
    .of('relay-dropped')
    .map(({ atUs, fields }) => [
      atUs / 1_000_000,
      `${String(fields['action'])} ${String(fields['sequence'])} ${String(fields['reason'])}`,
    ]);
}

function outcomes({ result }: KeptRun): string[] {
  return result.messages.map(({ outcome }) => outcome);
}

/** Sequences that each transaction of the relayer carries, in order of sending off. */
function carried(kept: KeptRun, action = 'receive'): [second: number, sequences: unknown[]][] {
  const byTransaction = new Map<unknown, [number, unknown[]]>();
  for (const { atUs, fields } of kept.of('relay-submitted')) {
    if (fields['action'] !== action) continue;
    const known = byTransaction.get(fields['transaction']) ?? [atUs / 1_000_000, []];
    known[1].push(fields['sequence']);
    byTransaction.set(fields['transaction'], known);
  }
  return [...byTransaction.values()];
}

describe('relayer: one message', () => {
  it('is carried there and back at the times that blocks, notices and delays add up to', () => {
    const kept = run({ relayers: '{ r: { lanes: [a-b] } }' });
    // Sent in block 10; told 10.05; sent off 10.15; executed in 14; told 14.05; sent off 14.15; acknowledged in 20.
    expect([submitted(kept), submitted(kept, 'acknowledge')]).toEqual([[[10.15, 1]], [[14.15, 1]]]);
    const [message] = kept.result.messages;
    expect(message).toMatchObject({
      outcome: 'acknowledged',
      sentUs: 10_000_000,
      executedUs: 14_000_000,
    });
    expect(kept.of('packet-acknowledged').map(({ atUs }) => atUs)).toEqual([20_000_000]);
  });
});

describe('relayer: trying again', () => {
  // Blocks of b are ten hours apart: what is sent off is not seen to be included. A try is lost after `patience`, the pause
  // grows by `factor`, and the delay of 100 ms comes on top each time.
  it.each([
    // 10.15, then each time patience + pause * factor^(n-1) + 0.1 later.
    ['20s', '5s', 2, 4, [10.15, 35.25, 65.35, 105.45], 125.45],
    ['20s', '5s', 1, 3, [10.15, 35.25, 60.35], 80.35],
    ['1s', '10s', 3, 4, [10.15, 21.25, 52.35, 143.45], 144.45],
    ['30s', '1s', 1.5, 4, [10.15, 41.25, 72.85, 105.2], 135.2],
    ['20s', '5s', 2, 1, [10.15], 30.15],
  ])('patience %s, pause %s, factor %s, %s attempts', (patience, pause, factor, attempts, times, givenUp) => {
    const kept = run({
      relayers: `{ r: { lanes: [a-b], retry: { patience: ${patience}, pause: ${pause}, factor: ${factor}, attempts: ${attempts} } } }`,
      blockB: '10h',
      lane: 'timeout: 9h',
      drain: '10min',
    });
    expect(submitted(kept)).toEqual(times.map((time) => [time, 1]));
    expect(dropped(kept)).toEqual([[givenUp, 'receive 1 retries-spent']]);
    expect(outcomes(kept)).toEqual(['stranded']);
  });

  it('goes on without end where attempts are 0, and what was in the mempool is a no-op afterwards', () => {
    const retry = 'retry: { patience: 20s, pause: 5s, factor: 1 }';
    const kept = run({ relayers: `{ r: { lanes: [a-b], ${retry} } }`, blockB: '90s', drain: '10min' });
    // 10.15, 35.25, 60.35, 85.45; block 90 executes the first and finds the others received.
    expect(submitted(kept).map(([at]) => at)).toEqual([10.15, 35.25, 60.35, 85.45]);
    expect(kept.of('packet-received').length).toBe(1);
    expect(kept.of('packet-repeated').map(({ fields }) => fields['reason'])).toEqual(Array(3).fill('already-received'));
    expect(outcomes(kept)).toEqual(['acknowledged']);
  });
});

describe('relayer: batches', () => {
  const at = [1, 1, 1, 1, 1, 1, 1];

  it('are sent off when they are full, the rest when it has waited', () => {
    const kept = run({ at, relayers: '{ r: { lanes: [a-b], batch: { size: 3, wait: 2s } } }' });
    // All seven are told of at 10.05; three and three go at once, the last waits two seconds.
    expect(carried(kept)).toEqual([
      [10.15, [1, 2, 3]],
      [10.15, [4, 5, 6]],
      [12.15, [7]],
    ]);
    expect(kept.of('packet-received').map(({ atUs }) => atUs)).toEqual(Array(7).fill(14_000_000));
  });

  it('fill up while they wait, from the first that came', () => {
    // Sent in blocks 10 and 20; the wait of 12 s began at 10.05.
    const early = run({ at: [1, 11], relayers: '{ r: { lanes: [a-b], batch: { size: 5, wait: 12s } } }' });
    expect(carried(early)).toEqual([[22.15, [1, 2]]]);
    const late = run({ at: [1, 11], relayers: '{ r: { lanes: [a-b], batch: { size: 5, wait: 9s } } }' });
    expect(carried(late)).toEqual([
      [19.15, [1]],
      [29.15, [2]],
    ]);
    // The second fills a batch of two at 20.05, before the wait is over.
    const full = run({ at: [1, 11, 11], relayers: '{ r: { lanes: [a-b], batch: { size: 2, wait: 12s } } }' });
    expect(carried(full)).toEqual([
      [20.15, [1, 2]],
      [32.15, [3]],
    ]);
  });

  it('that the gas of a block does not hold are parted, and all arrive', () => {
    const kept = run({ at, relayers: '{ r: { lanes: [a-b], batch: { size: 7, wait: 1s } } }', limitB: 4_000_000 });
    const parts = carried(kept);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flatMap(([, sequences]) => sequences)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(parts.map(([second]) => second))).toEqual(new Set([parts[0]![0]]));
    expect(outcomes(kept)).toEqual(Array(7).fill('acknowledged'));
    expect(carried(run({ at, relayers: '{ r: { lanes: [a-b], batch: { size: 7, wait: 1s } } }' }))).toHaveLength(1);
  });

  it('pay for one update of the client and for one transaction', () => {
    const together = run({ at, relayers: '{ r: { lanes: [a-b], batch: { size: 7, wait: 1s } } }', gasB: 1 });
    const apart = run({ at, relayers: '{ r: { lanes: [a-b] } }', gasB: 1 });
    expect([carried(together).length, carried(apart).length]).toEqual([1, 7]);
    const gas = (kept: KeptRun): number =>
      kept
        .of('transaction-included')
        .filter(({ fields }) => fields['chain'] === 1)
        .reduce((sum, { fields }) => sum + (fields['gas'] as number), 0);
    // Six transactions (21,000) and six updates of the client (230,000) less.
    expect(gas(apart) - gas(together)).toBe(6 * (21_000 + 230_000));
  });
});

describe('relayer: service', () => {
  it.each([
    [1, [13.15, 16.15, 19.15, 22.15, 25.15]],
    [2, [13.15, 13.15, 16.15, 16.15, 19.15]],
    [3, [13.15, 13.15, 13.15, 16.15, 16.15]],
    [5, [13.15, 13.15, 13.15, 13.15, 13.15]],
  ])('of 3 s by %s servers: five deliveries that come at once', (servers, times) => {
    const kept = run({
      at: [1, 1, 1, 1, 1],
      relayers: `{ r: { lanes: [a-b], service: 3s, servers: ${servers} } }`,
      blockB: '100s',
    });
    expect(submitted(kept)).toEqual(times.map((time, index) => [time, index + 1]));
  });

  it('is first come, first served, across the chains', () => {
    // Two are told of at 10.05; the acknowledgement of the first comes at 14.05 while the second is served till 16.05.
    const kept = run({ at: [1, 1], relayers: '{ r: { lanes: [a-b], service: 3s } }', blockB: '14s', blockA: '10s' });
    expect([submitted(kept), submitted(kept, 'acknowledge')]).toEqual([
      [
        [13.15, 1],
        [16.15, 2],
      ],
      // Executed in 14 and 28.
      [
        [19.15, 1],
        [31.15, 2],
      ],
    ]);
  });
});

describe('relayer: a bounded queue', () => {
  it('passes over what finds it full, and takes it up when the line is empty', () => {
    const kept = run({
      at: [1, 1, 1, 1, 1, 1],
      relayers: '{ r: { lanes: [a-b], service: 3s, queue: 2 } }',
      blockB: '100s',
    });
    // One is served, two wait, three are passed over at 10.05.
    expect(dropped(kept).filter(([at]) => at < 11)).toEqual([
      [10.05, 'receive 4 queue-full'],
      [10.05, 'receive 5 queue-full'],
      [10.05, 'receive 6 queue-full'],
    ]);
    // The line is empty when the third is taken to the server at 16.05: then 4 and 5 fit, and 6 when 5 is taken at 22.05.
    expect(submitted(kept)).toEqual([13, 16, 19, 22, 25, 28].map((second, index) => [second + 0.15, index + 1]));
    expect(outcomes(kept)).toEqual(Array(6).fill('acknowledged'));
    expect(kept.found.size).toBe(0);
  });

  it('does not take up what another has done meanwhile', () => {
    const kept = run({
      at: [1, 1, 1],
      relayers: '{ slow: { lanes: [a-b], service: 30s, queue: 1 }, quick: { lanes: [a-b] } }',
    });
    const slow = kept.of('relay-queued').filter(({ fields }) => fields['relayer'] === 0);
    expect(slow.map(({ fields }) => `${String(fields['action'])} ${String(fields['sequence'])}`)).toEqual([
      'receive 1',
      'receive 2',
    ]);
    expect(outcomes(kept)).toEqual(Array(3).fill('acknowledged'));
  });
});

describe('relayer: an empty wallet', () => {
  // A delivery and an update are allowed 2,570,000 gas; 3 B pay for the first, of which 506,000 are used.
  const wallet = 'wallet: { B: 3 }';

  it('pays for one delivery, and strands what the relayer then gives up', () => {
    const kept = run({ at: [1, 11, 11], relayers: `{ r: { lanes: [a-b], ${wallet} } }`, gasB: 1, drain: '10min' });
    expect(submitted(kept)).toEqual([[10.15, 1]]);
    expect(dropped(kept)).toEqual([
      [20.15, 'receive 2 out-of-gas'],
      [20.15, 'receive 3 out-of-gas'],
    ]);
    const turned = kept.of('relayer-turned').map(({ atUs, fields }) => [atUs / 1_000_000, fields['isServing']]);
    expect(turned).toEqual([[20.15, false]]);
    expect(outcomes(kept)).toEqual(['acknowledged', 'stranded', 'stranded']);
  });

  it('strands nothing where another relayer can pay', () => {
    const relayers = `{ poor: { lanes: [a-b], ${wallet} }, rich: { lanes: [a-b] } }`;
    const kept = run({ at: [1, 11, 11], relayers, gasB: 1, drain: '10min' });
    expect(outcomes(kept)).toEqual(Array(3).fill('acknowledged'));
    const last = kept.of('packet-received').map(({ fields }) => fields['account']);
    const rich = kept
      .of('account-declared')
      .find(({ fields }) => fields['name'] === 'relayer/rich' && fields['chain'] === 1);
    expect(last.slice(1)).toEqual([rich?.fields['account'], rich?.fields['account']]);
  });
});

describe('relayer: how it hears of blocks', () => {
  it('subscribes: 50 ms after each block', () => {
    expect(submitted(run({ relayers: '{ r: { lanes: [a-b] } }' }))).toEqual([[10.15, 1]]);
  });

  it.each([
    // Polls at 0, p, 2p, ...: the first at or after the block, and no notice.
    ['4s', 12.1, 16.1],
    ['6s', 12.1, 18.1],
    ['25s', 25.1, 50.1],
    // In class timer at the very instant of the block, which comes after: the next poll sees it.
    ['10s', 20.1, 30.1],
  ])('polls every %s', (poll, receive, acknowledge) => {
    const kept = run({ relayers: `{ r: { lanes: [a-b], strategy: { kind: racing, poll: ${poll} } } }` });
    expect(submitted(kept)).toEqual([[receive, 1]]);
    expect(submitted(kept, 'acknowledge')).toEqual([[acknowledge, 1]]);
  });
});

describe('relayer: who takes what', () => {
  const at = [1, 1, 1, 1];
  const byRelayer = (kept: KeptRun, relayer: number): unknown[] =>
    kept
      .of('relay-submitted')
      .filter(({ fields }) => fields['relayer'] === relayer && fields['action'] === 'receive')
      .map(({ fields }) => fields['sequence']);

  it('racing: both carry all, the second pays for no-ops', () => {
    const kept = run({ at, relayers: '{ r: { lanes: [a-b], count: 2 } }' });
    expect([byRelayer(kept, 0), byRelayer(kept, 1)]).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect(kept.of('packet-repeated').filter(({ fields }) => fields['action'] === 'receive').length).toBe(4);
  });

  it('assigned: each its share by sequence, and nothing is carried twice', () => {
    const kept = run({ at, relayers: '{ r: { lanes: [a-b], count: 2, strategy: { kind: assigned } } }' });
    expect([byRelayer(kept, 0), byRelayer(kept, 1)]).toEqual([
      [2, 4],
      [1, 3],
    ]);
    expect(kept.of('packet-repeated')).toEqual([]);
    expect(outcomes(kept)).toEqual(Array(4).fill('acknowledged'));
  });

  it('assigned: who stops takes its share along, until it is back', () => {
    const more = 'faults: { rest: { kind: rel.stop, target: { relayer: r.1 }, when: { at: 5s, for: 95s } } }';
    const relayers = '{ r: { lanes: [a-b], count: 2, strategy: { kind: assigned } } }';
    const kept = run({ at, relayers, more });
    // 2 and 4 are of the first copy, which reads on at 100 s.
    expect(submitted(kept).sort(([, a], [, b]) => (a as number) - (b as number))).toEqual([
      [10.15, 1],
      [100.1, 2],
      [10.15, 3],
      [100.1, 4],
    ]);
  });
});

describe('relayer: timeouts and failures', () => {
  it('proves that a packet did not arrive in time, from the first destination block at or past its timeout', () => {
    // Sent in block 10 with 30 s: late from 40 on. Blocks of b come at 35 and 70; a relayer that stops till 60 missed 35.
    const more = 'faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: 5s, for: 55s } } }';
    const kept = run({ relayers: '{ r: { lanes: [a-b] } }', blockB: '35s', lane: 'timeout: 30s', more });
    // Block 70 is told of at 70.05; the refund is in block 80.
    expect(submitted(kept, 'time-out')).toEqual([[70.15, 1]]);
    expect(kept.of('packet-timed-out').map(({ atUs, fields }) => [atUs, fields['proofChainUs']])).toEqual([
      [80_000_000, 70_000_000],
    ]);
    expect(outcomes(kept)).toEqual(['unwound']);
  });

  it('gives a delivery up whose time has passed on the way -> too-late, then timed out', () => {
    // Served from 10.05 to 50.05; block 42 of b is late already, and told of.
    const kept = run({ relayers: '{ r: { lanes: [a-b], service: 40s } }', lane: 'timeout: 30s' });
    expect(dropped(kept)).toEqual([[50.05, 'receive 1 too-late']]);
    // Found at 42.05, in line behind the delivery, served from 50.05 to 90.05.
    expect(submitted(kept, 'time-out')).toEqual([[90.15, 1]]);
    expect(outcomes(kept)).toEqual(['unwound']);
  });

  it('brings an error acknowledgement back like any other', () => {
    const kept = run({ relayers: '{ r: { lanes: [a-b] } }', failing: true });
    expect(submitted(kept, 'acknowledge')).toEqual([[14.15, 1]]);
    expect(kept.of('packet-acknowledged').map(({ atUs, fields }) => [atUs, fields['isSuccess']])).toEqual([
      [20_000_000, false],
    ]);
    expect(outcomes(kept)).toEqual(['unwound']);
  });

  it('brings nothing back where the lane does not acknowledge', () => {
    const kept = run({ relayers: '{ r: { lanes: [a-b] } }', lane: 'timeout: 1h, acknowledge: false' });
    expect(submitted(kept, 'acknowledge')).toEqual([]);
    expect(outcomes(kept)).toEqual(['executed']);
  });
});
