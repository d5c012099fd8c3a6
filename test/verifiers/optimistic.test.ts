/** Optimistic verifiers: what counts once its window is over, and what a watcher in time makes of a lie. */
import { describe, expect, it } from 'vitest';
import { watchersOf, type WatcherState } from '../../models/attesters/watcher.ts';
import { isWindowOver } from '../../models/verifiers/optimistic.ts';
import { resumeRun, simulate, startRun } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { type KeptRun, runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

describeWithVectors('optimistic: window', () => {
  // @source XChainWatcher, nomad-bridge: deposits of 2022-Q2 and those five that were delivered inside of the window.
  const violations = vectors<readonly Record<string, string | number>[]>('nomad/window_violations.json');
  const deposits = vectors<{ fraud_window_s: number; rows: [number, number][] }>('nomad/deposits_2022q2.json');
  const isOver = (from: number, to: number, windowS: number): boolean =>
    isWindowOver(from * 1e6, to * 1e6, windowS * 1e6);

  it('flags the five deposits that broke it, and none of the others', () => {
    const all = [
      ...violations.map((each) => {
        // The times at both ends, the window, and the id, in this order.
        const [from = 0, to = 0, , id = 0] = Object.values(each).filter((value) => typeof value === 'number');
        return { from, to, id };
      }),
      ...deposits.rows.map(([from, to]) => ({ from, to, id: 0 })),
    ];
    const flagged = all.filter(({ from, to }) => !isOver(from, to, deposits.fraud_window_s)).map(({ id }) => id);
    expect(flagged).toEqual([11335, 11337, 11339, 11344, 11350]);
  });

  it('is over at its last instant, and not one microsecond before', () => {
    // @source nomad Replica.sol, acceptableRoot: block.timestamp >= confirmAt.
    expect([isWindowOver(5, 1_804, 1_800), isWindowOver(5, 1_805, 1_800)]).toEqual([false, true]);
  });
});

const world = (parts: { watchers?: string; window?: string; faults?: string; clock?: string }): string => `
l0sim: 1
name: optimistic
horizon: 3min
drain: 30min
synchrony: { model: partial, gst: 0s, delta: 1s }
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, asset: { name: B, decimals: 6 }${parts.clock ?? ', block: 3s'} }
lanes:
  a-b:
    from: a
    to: b
    verifier:
      kind: optimistic
      of: { kind: committee, members: 1, threshold: 1 }
      window: ${parts.window ?? '60s'}
      bond: 7
      ${parts.watchers === undefined ? '' : `watchers: ${parts.watchers}`}
    return-verifier: { kind: light-client }
    timeout: 20min
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 20s }, amount: 2 A } }
faults:
  lie: { kind: data.lie, target: { committee: a-b.claim }, when: { at: 1min, for: 10s }, with: { amount: 9 A } }
  ${parts.faults ?? ''}
`;

const forged = (parts: Parameters<typeof world>[0]): boolean => runText(world(parts)).found.has('no-forgery');

/** What moved under a reason, in whole units. */
function moved(run: KeptRun, why: string): number {
  const amounts = run.of('asset-moved').filter(({ fields }) => fields['why'] === why);
  return amounts.reduce((sum, { fields }) => sum + Number(fields['amount'] as bigint) / 1e6, 0);
}

describeWithVectors('optimistic: acceptance', () => {
  const violations = vectors<readonly { required_s: number }[]>('nomad/window_violations.json');

  it.each([...new Set(violations.map((each) => each.required_s))])(
    'never comes earlier than a window of %i s',
    (windowS) => {
      const text = world({ watchers: '{ count: 2, reaction: 5s }', window: `${windowS}s` });
      const run = runText(text.replace('drain: 30min', 'drain: 3h').replace('timeout: 20min', 'timeout: 2h'));
      const madeAt = new Map(run.of('claim-made').map(({ fields, atUs }) => [Number(fields['sequence']), atUs]));
      const waits = run.of('packet-received').map(({ fields, atUs }) => {
        return (atUs - (madeAt.get(Number(fields['sequence'])) ?? Infinity)) / 1e6;
      });
      expect(waits).toHaveLength(9);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(windowS);
      // What the relayer adds to the window is some blocks of 3 s: the wait is the window, and not the timeout.
      expect(Math.max(...waits)).toBeLessThan(windowS + 60);
    },
  );
});

describe('optimistic: watchers', () => {
  it('leave the truth alone and dispute a lie, which never counts and costs its bond', () => {
    const run = runText(world({ watchers: '{ count: 2, reaction: 5s }' }));
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-received')).toHaveLength(9);
    expect(run.of('claim-made')).toHaveLength(10);
    expect(run.of('claim-disputed')).toHaveLength(1);
    // Ten bonds are put down; nine go back to those who claimed, and one to the watcher.
    expect(moved(run, 'bond')).toBe(10 * 7 * 2);
  });

  it.each([
    ['there are none', {}],
    ['they take longer than the window', { watchers: '{ count: 2, reaction: 70s }' }],
    ['they look at nothing', { watchers: '{ count: 2, availability: 0% }' }],
    [
      'their disputes are left out of the blocks',
      {
        watchers: '{ count: 2, reaction: 5s }',
        faults: 'censor: { kind: mev.censor, target: { chain: b, watchers: a-b }, when: { at: 1min, for: 3min } }',
      },
    ],
  ])('are no help where %s -> forged', (_name, parts) => {
    expect(forged(parts)).toBe(true);
  });

  it('are in time where censorship ends before the window does', () => {
    const faults = 'censor: { kind: mev.censor, target: { chain: b, watchers: a-b }, when: { at: 1min, for: 20s } }';
    expect(forged({ watchers: '{ count: 1, reaction: 5s }', faults })).toBe(false);
  });

  it('who are repaired look at what they missed: in time, or too late', () => {
    const repaired = (repair: string): boolean =>
      forged({ watchers: `{ count: 1, reaction: 1s, availability: 1%, repair: ${repair} }` });
    expect([repaired('20s'), repaired('4min')]).toEqual([false, true]);
  });

  it('are up for the share of time that their availability says, and turn as often as repairs are short', () => {
    const text = world({ watchers: '{ count: 20, availability: 75%, repair: { kind: exponential, mean: 20s } }' });
    const run = runText(text.replace('horizon: 3min', 'horizon: 60min').replace('drain: 30min', 'drain: 0s'));
    const HOUR = 3_600;
    const downFrom = new Map<unknown, number>();
    let down = 0;
    let repairs = 0;
    for (const { atUs, fields } of run.of('watcher-turned')) {
      const at = Math.min(HOUR, atUs / 1e6);
      const { watcher } = fields;
      if (fields['isUp'] === false) downFrom.set(watcher, at);
      else {
        down += at - (downFrom.get(watcher) ?? NaN);
        downFrom.delete(watcher);
        repairs++;
      }
    }
    for (const at of downFrom.values()) down += HOUR - at;
    // Twenty hours of cycles of 80 s: 900 of them, and the share is right within three deviations.
    expect(Math.abs(repairs - 900)).toBeLessThan(90);
    expect(Math.abs(down / (20 * HOUR) - 0.25)).toBeLessThan(0.03);
  });

  it('and what they missed survive a snapshot, as does who is censored by chance -> same digest', () => {
    const text = world({
      watchers: '{ count: 3, reaction: 30s, availability: 50%, repair: { kind: exponential, mean: 25s } }',
      faults: 'c: { kind: mev.censor, target: { chain: b, watchers: a-b }, when: { at: 1s }, with: { share: 50% } }',
    });
    const { scenario } = loadScenario(text, {});
    const whole = simulate(scenario);
    let run = startRun(scenario);
    let missed = 0;
    while (run.advance(40)) {
      const { entities } = run.simulation.world;
      const states = watchersOf(run.simulation.world).map((id) => entities[id]?.state as WatcherState);
      missed += states.filter(({ turns }) => (turns?.missed.length ?? 0) > 0).length;
      run = resumeRun(scenario, run.simulation.snapshot());
    }
    expect(missed).toBeGreaterThan(0);
    expect(run.finish().digest).toBe(whole.digest);
  });

  it('are left out of some blocks by who censors a share of them, and in time all the same', () => {
    const faults = (share: string): string =>
      `censor: { kind: mev.censor, target: { chain: b, watchers: a-b }, when: { at: 1min }, with: { share: ${share} } }`;
    const within = (share: string): boolean =>
      forged({ watchers: '{ count: 1, reaction: 5s }', faults: faults(share) });
    expect([within('0%'), within('50%'), within('100%')]).toEqual([false, false, true]);
  });

  it('have the window by the clock of the chain that holds the claim', () => {
    const [slow = 0, fast = 0] = [-1_000, 1_000].map((drift) => {
      const clock = `, clock: { drift: ${drift} }, block: 100ms`;
      const run = runText(world({ watchers: '{ count: 1 }', window: '300s', clock }));
      const made = run.of('claim-made')[0]!;
      const received = run.of('packet-received').find(({ fields }) => fields['sequence'] === made.fields['sequence'])!;
      return (received.atUs - made.atUs) / 1e6;
    });
    // One in a thousand either way makes 300 s of that clock 300.3 s and 299.7 s; blocks come every 0.1 s.
    expect(slow - fast).toBeGreaterThan(0.4);
    expect(slow - fast).toBeLessThan(0.8);
  });
});

describe('optimistic: in a tree', () => {
  it('waits for its window beside what else must accept', () => {
    const text = world({ watchers: '{ count: 1 }' })
      .replace('kind: optimistic\n      of:', 'kind: all\n      of: { slow: { kind: optimistic, of:')
      .replace(
        'threshold: 1 }\n      window: 60s\n      bond: 7\n      watchers: { count: 1 }',
        'threshold: 1 }, window: 60s }, headers: { kind: light-client } }',
      )
      .replace('a-b.claim', 'a-b.slow.claim');
    const run = runText(text);
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-received')).toHaveLength(9);
  });
});

describe('optimistic: in a scenario', () => {
  it('refuses a bond that is finer than its asset, and watchers of a lane that is not there', () => {
    const codes = (text: string) => problemsOf(text).map(({ code, path }) => `${code} ${path}`);
    expect(codes(world({}).replace('bond: 7', 'bond: 0.0000001'))).toEqual(['E138 lanes.a-b.verifier.bond']);
    const faults = 'c: { kind: mev.censor, target: { chain: b, watchers: a-c }, when: { at: 1min } }';
    expect(codes(world({ faults }))).toEqual(['E130 faults.c.target.watchers']);
    for (const availability of ['0%', '100%']) {
      const watchers = `{ availability: ${availability}, repair: 1h }`;
      expect(codes(world({ watchers }))).toEqual(['E139 lanes.a-b.verifier.watchers.repair']);
    }
    expect(codes(world({ watchers: '{ availability: 50%, repair: 0s }' }))).toEqual([
      'E115 lanes.a-b.verifier.watchers.repair',
    ]);
  });
});
