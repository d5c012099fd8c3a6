import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { InvariantError } from '../../sim/base/assert.ts';
import { describeFailure } from '../../sim/cli/failures.ts';
import { EXIT } from '../../sim/cli/exit-codes.ts';
import type { Behaviour, Context, CurrentEvent } from '../../sim/kernel/simulation.ts';
import { EVENT_CLASS } from '../../sim/kernel/world.ts';
import { createRunParts } from '../../sim/run/parts.ts';
import { resumeRun, type Run, simulate, startRun } from '../../sim/run/run.ts';
import { checkEnvelopes } from '../../sim/run/self-checks.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { inFlight, type Network, networksOf } from '../../models/network/network.ts';
import { builtInObservers } from '../../reports/results.ts';

/** Envelopes that are lost, doubled, cut off and sent to who is down, on a chain that votes and on one that mines. */
const { scenario } = loadScenario(`
l0sim: 1
name: envelopes
horizon: 3min
drain: 1s
proofs: modelled
synchrony: { model: partial, gst: 2min, delta: 2s }
chains:
  a:
    consensus: { kind: bft }
    validators: 4
    asset: { name: A, decimals: 6 }
    network: { latency: { kind: exponential, mean: 200ms }, loss: 3%, duplicate: 2%, reorder: 5%, bandwidth: 1Mbit/s }
  b:
    consensus: { kind: proof-of-work }
    validators: 4
    block: 5s
    asset: { name: B, decimals: 6 }
    network: { latency: { kind: exponential, mean: 2s }, loss: 20%, duplicate: 20% }
lanes: { a-b: { from: a, to: b, timeout: 10min } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 20s }, amount: 1 A } }
faults:
  cut: { kind: net.partition, target: { chain: a, validators: 0..0 }, when: { at: 40s, for: 20s } }
  down: { kind: node.crash, target: { chain: a, validators: 1..1 }, when: { at: 80s, for: 20s } }
`);

/** A run whose voting nodes act through `wrap`. */
function mutant(wrap: (network: Network, act: () => void, event: CurrentEvent) => void): () => unknown {
  const parts = createRunParts(builtInObservers, nobleHash, {
    behaviours: (all) =>
      all.map((each): Behaviour =>
        each.kind !== 'bft-node'
          ? each
          : {
              ...each,
              handle(state, event, context: Context) {
                const [network] = networksOf(context.world);
                wrap(network as Network, () => each.handle(state, event, context), event);
              },
            },
      ),
  });
  return () => simulate(scenario, { parts });
}

function failureOf(run: () => unknown): InvariantError {
  try {
    run();
  } catch (error) {
    if (error instanceof InvariantError) return error;
    throw error;
  }
  throw new Error('nothing was found');
}

/** The wording of FAULTS_AND_PROPERTIES 3.1, and what it adds up to. */
const WORDING =
  /^conservation of envelopes: sent (\d+) \+ dup (\d+) != delivered (\d+) \+ dropped (\d+) \+ in flight (\d+)$/;

function difference({ message }: InvariantError): number {
  const [sent = 0, duplicated = 0, delivered = 0, dropped = 0, flying = 0] =
    WORDING.exec(message)?.slice(1).map(Number) ?? [];
  expect(sent, message).toBeGreaterThan(0);
  return sent + duplicated - delivered - dropped - flying;
}

describe('self-check: conservation of envelopes', () => {
  it('holds where envelopes are lost, doubled, cut off and late, between any two events', () => {
    const run = startRun(scenario);
    let flying = 0;
    while (run.advance(97)) {
      checkEnvelopes(run.simulation.world);
      for (const network of networksOf(run.simulation.world)) flying += inFlight(network);
    }
    expect(flying).toBeGreaterThan(0);
    const [voting, mining] = networksOf(run.simulation.world) as [Network, Network];
    for (const { sent, duplicated, dropped, delivered } of [voting, mining]) {
      for (const count of [sent, duplicated, dropped, delivered]) expect(count).toBeGreaterThan(0);
    }
    expect(() => run.finish()).not.toThrow();
  });

  it('holds in a run that was restored from a snapshot', () => {
    const first: Run = startRun(scenario);
    first.advance(5_000);
    const second = resumeRun(scenario, first.simulation.snapshot());
    while (second.advance(1_000_000));
    expect(() => second.finish()).not.toThrow();
  });

  it('finds that dropped envelopes are not counted', () => {
    let uncounted = 0;
    const found = failureOf(
      mutant((network, act) => {
        const before = network.dropped;
        act();
        uncounted += network.dropped - before;
        network.dropped = before;
      }),
    );
    expect(difference(found)).toBe(uncounted);
  });

  it('finds that an envelope vanishes on its way', () => {
    let seen = 0;
    const found = failureOf(
      mutant((_, act, event) => {
        if (event.class !== EVENT_CLASS.delivery || ++seen !== 1_000) act();
      }),
    );
    expect(difference(found)).toBe(1);
  });

  it('finds that an envelope arrives which nobody sent', () => {
    let seen = 0;
    const found = failureOf(
      mutant((network, act) => {
        if (++seen === 1_000) network.delivered++;
        act();
      }),
    );
    expect(difference(found)).toBe(-1);
  });

  it('is said as a defect that voids the results, with exit code 5', () => {
    const { code, text } = describeFailure(
      new InvariantError('conservation of envelopes: sent 240 + dup 12 != delivered 231 + dropped 20 + in flight 0'),
    );
    // @source FAULTS_AND_PROPERTIES 3.1, golden wording.
    expect([code, text]).toEqual([
      EXIT.defect,
      'SIMULATOR DEFECT conservation of envelopes: sent 240 + dup 12 != delivered 231 + dropped 20 + in flight 0   RESULTS VOID',
    ]);
  });
});
