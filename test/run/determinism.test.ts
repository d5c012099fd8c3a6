import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chainsOf, isOnBranch } from '../../models/chains/chain.ts';
import { networksOf } from '../../models/network/network.ts';
import { relayersOf, type RelayerState } from '../../models/relayers/relayer.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { forkWorld, restoreWorld, Simulation } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { buildWorld } from '../../sim/run/build/world.ts';
import { createRunParts } from '../../sim/run/parts.ts';
import { resumeRun, simulate, startRun } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { builtInObservers } from '../../reports/results.ts';
import { optionsFor, shippedScenarios } from '../support/scenarios.ts';
import { textOf } from '../support/sources.ts';

function load(path: string): Scenario {
  return loadScenario(textOf(path), optionsFor(path)).scenario;
}

/** Situations that a snapshot must survive, each looked for while the shipped scenarios run. */
const situations: Readonly<Record<string, (world: World) => boolean>> = {
  'an open fork': (world) =>
    chainsOf(world).some((chain) =>
      chain.nodes.some((a) =>
        chain.nodes.some((b) => !isOnBranch(chain, a.head, b.head) && !isOnBranch(chain, b.head, a.head)),
      ),
    ),
  'a view off the reference branch': (world) =>
    chainsOf(world).some((chain) => chain.nodes.some((node) => !isOnBranch(chain, chain.head, node.head))),
  'a partition': (world) => networksOf(world).some(({ rules }) => rules.some(({ kind }) => kind === 'partition')),
  'a pending batch': (world) =>
    relayersOf(world).some((entity) =>
      (world.entities[entity]?.state as RelayerState).outposts.some(({ batch }) => batch.length > 0),
    ),
};

const met = new Map<string, number>();

/** Event numbers to stop at: drawn by the scenario's name, and wherever a situation is first seen. */
function drawnStops(name: string, events: number): number[] {
  const bytes = createHash('sha256').update(name).digest();
  const drawn = Array.from({ length: 20 }, (_, i) => ((bytes[i] as number) * 256 + (bytes[31 - i] as number)) / 65_536);
  return drawn.map((share) => Math.max(1, Math.floor(share * events))).sort((a, b) => a - b);
}

describe('run: determinism', () => {
  it.each(shippedScenarios())(
    '%s restored at 20 drawn events and in each situation -> same digest',
    (path) => {
      const scenario = load(path);
      const whole = simulate(scenario);
      const stops = drawnStops(path, whole.events);
      const seen = new Set<string>();
      let run = startRun(scenario);
      let restored = 0;
      while (run.advance(25)) {
        const { world } = run.simulation;
        const fresh = Object.keys(situations).filter((name) => !seen.has(name) && situations[name]?.(world) === true);
        for (const name of fresh) {
          seen.add(name);
          met.set(name, (met.get(name) ?? 0) + 1);
        }
        const isDue = stops.length > 0 && world.eventCount >= (stops[0] as number);
        if (!isDue && fresh.length === 0) continue;
        while (stops.length > 0 && world.eventCount >= (stops[0] as number)) {
          stops.shift();
          restored++;
        }
        // Each goes on from the one before: a difference in any of them would show in the digest of the end.
        run = resumeRun(scenario, run.simulation.snapshot());
      }
      expect(restored).toBe(20);
      expect(run.finish().digest).toBe(whole.digest);
    },
    120_000,
  );

  it('met every situation on the way', () => {
    for (const name of Object.keys(situations)) expect(met.get(name) ?? 0, name).toBeGreaterThan(0);
  });

  it('does not depend on the hash backend', () => {
    const scenario = load('scenarios/quickstart.yaml');
    const native = {
      name: 'node',
      sha256: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()),
    };
    expect(simulate(scenario, { hash: native }).digest).toBe(simulate(scenario).digest);
  });

  it('observers and sinks do not change the digest', () => {
    const scenario = load('scenarios/quickstart.yaml');
    const digestOf = (simulation: Simulation): string => {
      simulation.run(20_000);
      return simulation.checkpoint().digest;
    };
    const watched = buildWorld(scenario, createRunParts(builtInObservers), [{ onRecord: () => undefined }]);
    expect(digestOf(buildWorld(scenario, createRunParts([])))).toBe(digestOf(watched));
  });

  it('a fork draws anew, and the world that it left does not', () => {
    const scenario = load('scenarios/quickstart.yaml');
    const parts = createRunParts(builtInObservers);
    const run = startRun(scenario);
    run.advance(5_000);
    const bytes = run.simulation.snapshot();
    const end = (world: World): string => {
      const simulation = new Simulation(world, parts);
      simulation.run(5_000);
      return simulation.checkpoint().digest;
    };
    const plain = end(restoreWorld(bytes));
    expect(end(restoreWorld(bytes))).toBe(plain);
    expect(end(forkWorld(bytes, 'what-if', nobleHash))).not.toBe(plain);
    expect(end(forkWorld(bytes, 'what-if', nobleHash))).toBe(end(forkWorld(bytes, 'what-if', nobleHash)));
  });

  it.each([
    'scenarios/quickstart.yaml',
    'scenarios/protocols/ibc-two-zones.yaml',
    'scenarios/protocols/committee-bridge.yaml',
  ])(
    '%s has the same message histories with hashed and with modelled proofs',
    (path) => {
      const scenario = load(path);
      const hashed = simulate({ ...scenario, proofs: 'hashed' });
      const modelled = simulate({ ...scenario, proofs: 'modelled' });
      expect(modelled.transitions).toEqual(hashed.transitions);
      expect(modelled.digest).not.toBe(hashed.digest);
    },
    60_000,
  );
});
