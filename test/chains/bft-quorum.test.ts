import { describe, expect, it } from 'vitest';
import { crashBftNode, restartBftNode, setSilent } from '../../models/chains/consensus/bft-faults.ts';
import { instant } from '../../sim/base/units.ts';
import { commitEvidenceOf } from '../../models/chains/consensus/bft-sealing.ts';
import { whenAbove } from '../../models/chains/consensus/bft-quorum.ts';
import { inFlight } from '../../models/network/network.ts';
import seedrandom from 'seedrandom';
import {
  addVotingChain,
  partition,
  runUntil,
  type SmallChain,
  type SmallChainOptions,
  smallWorld,
  type SmallWorld,
} from '../support/small-world.ts';

type Fidelity = 'votes' | 'quorum';

interface World extends SmallWorld, SmallChain {}

/** What befalls a world at given instants, in microseconds. */
type Plan = readonly (readonly [at: number, act: (world: World) => void])[];

/** A world of each fidelity, to which the same befalls; run for a minute. */
function both(options: SmallChainOptions, seed: string, plan: Plan = []): Record<Fidelity, World> {
  const make = (fidelity: Fidelity): World => {
    const handle = (_: unknown, { a }: { readonly a: number }): void => plan[a]?.[1](world);
    const small = smallWorld({ seed, behaviours: () => [{ kind: 'fate', events: ['act'], handle }] });
    const world: World = { ...small, ...addVotingChain(small, { ...options, fidelity }) };
    // As faults do: in an event of their class, so that now is the instant of the plan and not of the last vote.
    const fate = small.simulation.addEntity('fate', 'fate', {});
    plan.forEach(([at], index) => small.simulation.schedule('fault', fate, 0, instant(at), index));
    runUntil(small, 60_000_000);
    return world;
  };
  return { votes: make('votes'), quorum: make('quorum') };
}

/** Every record of a world: by instant, and within it by its text. */
function storyOf({ seen }: SmallWorld): string[] {
  return seen.map(({ name, at, fields }) => `${String(at).padStart(12, '0')} ${name} ${JSON.stringify(fields)}`).sort();
}

const LAWS = {
  uniform: { kind: 'uniform', min: 50_000, max: 450_000 },
  lognormal: { kind: 'lognormal', median: 100_000, sigma: 0.8 },
  slow: { kind: 'exponential', mean: 900_000 },
} as const;
const EQUAL = (n: number): number[] => Array.from({ length: n }, () => 1);
const S = 1_000_000;
const silence = (nodes: readonly number[], isSilent: boolean) => (world: World) =>
  nodes.forEach((node) => setSilent(world.simulation.world, world.chain, node, isSilent));
const stop = (nodes: readonly number[]) => (world: World) =>
  nodes.forEach((node) => crashBftNode(world.simulation.world, world.chain, node));
const start = (nodes: readonly number[]) => (world: World) =>
  nodes.forEach((node) => restartBftNode(world.simulation, world.chain, node));
const cut = (groups?: readonly number[]) => (world: World) => partition(world.network, groups);

describe('bft at fidelity quorum: beside fidelity votes', () => {
  const lognormal = { powers: EQUAL(7), latency: LAWS.lognormal };
  const cases: readonly [string, SmallChainOptions, Plan?][] = [
    ['4 validators', { powers: EQUAL(4), latency: LAWS.uniform }],
    ['16 validators', { powers: EQUAL(16), latency: LAWS.lognormal }],
    ['powers that differ', { powers: [9, 7, 5, 5, 3, 1, 1], latency: LAWS.lognormal }],
    ['delays near the timeouts', { powers: EQUAL(7), latency: LAWS.slow }],
    ['loss and copies', { powers: EQUAL(7), latency: LAWS.uniform, loss: 0.15, duplication: 0.2 }],
    ['two of seven down', lognormal, [[0, stop([1, 4])]]],
    [
      'silent ones that speak again',
      lognormal,
      [
        [0, silence([0, 1, 2], true)],
        [21 * S, silence([0, 1, 2], false)],
      ],
    ],
    [
      'a partition that heals, and one that moves',
      lognormal,
      [
        [10 * S, cut([0, 0, 0, 1, 1, 1, 1])],
        [25 * S, cut([0, 1, 1, 1, 1, 1, 1])],
        [40 * S, cut()],
      ],
    ],
    [
      'all stop, and start one by one',
      lognormal,
      [
        [10 * S, stop([0, 1, 2, 3, 4, 5, 6])],
        ...EQUAL(7).map((_, node): Plan[number] => [(12 + node) * S, start([node])]),
      ],
    ],
  ];
  for (const [name, options, plan] of cases) {
    it(`${name}: gives the same records at the same instants`, () => {
      const { votes, quorum } = both(options, '11', plan);
      expect(storyOf(quorum)).toEqual(storyOf(votes));
      expect(quorum.seen.length).toBeGreaterThan(200);
      expect(quorum.network.sent).toBe(votes.network.sent);
      expect(quorum.network.dropped).toBe(votes.network.dropped);
      expect(quorum.network.duplicated).toBe(votes.network.duplicated);
      expect(inFlight(quorum.network)).toBeGreaterThanOrEqual(0);
    });
  }

  it('gives the same records while nodes stop, start, fall silent and are cut off at random', () => {
    let decided = 0;
    for (let seed = 0; seed < 16; seed++) {
      const drawn = seedrandom.alea(`faults-${seed}`);
      const plan = Array.from({ length: 35 }, (_, index): Plan[number] => {
        const node = Math.floor(drawn() * 7);
        const choice = drawn();
        const groups = EQUAL(7).map(() => Math.floor(drawn() * 4));
        const act = (world: World): void => {
          const isUp = world.chain.nodes[node]!.isUp;
          if (choice < 0.3 && isUp) stop([node])(world);
          else if (choice < 0.7 && !isUp) start([node])(world);
          else if (choice > 0.85) silence([node], choice > 0.92)(world);
          else cut(choice > 0.75 ? groups : undefined)(world);
        };
        return [500_000 + index * 1_700_000, act];
      });
      const { votes, quorum } = both({ ...lognormal, loss: seed % 3 === 0 ? 0.1 : 0 }, String(seed), plan);
      expect([seed, storyOf(quorum)]).toEqual([seed, storyOf(votes)]);
      decided += quorum.seen.filter(({ name }) => name === 'block-decided').length;
    }
    expect(decided).toBeGreaterThan(1_000);
  });

  it('seals the same headers with the same signatures', () => {
    const { votes, quorum } = both({ powers: EQUAL(7), latency: LAWS.uniform }, '3');
    const seals = ({ chain }: World): unknown[] => [...chain.blocks.values()].map(commitEvidenceOf);
    expect(seals(quorum)).toEqual(seals(votes));
    expect(seals(quorum).length).toBeGreaterThan(20);
  });

  it('takes fewer events: about as many a node as there are steps, whatever the number of validators', () => {
    const events = (fidelity: Fidelity, n: number): number => {
      const small = smallWorld({ isWatched: false });
      addVotingChain(small, { powers: EQUAL(n), latency: LAWS.uniform, fidelity });
      runUntil(small, 20_000_000);
      return small.simulation.world.eventCount / n;
    };
    expect(events('votes', 32) / events('votes', 8)).toBeGreaterThan(2.5);
    expect(events('quorum', 32) / events('quorum', 8)).toBeLessThan(1.5);
  });
});

describe('whenAbove', () => {
  it('is the first instant at which the sum of the weights exceeds the power, as sorting finds it', () => {
    const drawn = seedrandom.alea('weights');
    for (let round = 0; round < 500; round++) {
      const n = 1 + Math.floor(drawn() * 12);
      const at = Array.from({ length: n }, () => Math.floor(drawn() * 8));
      const powers = Array.from({ length: n }, () => Math.floor(drawn() * 5));
      const power = Math.floor(drawn() * 12);
      const order = at.map((_, index) => index).sort((a, b) => at[a]! - at[b]!);
      let sum = 0;
      const expected = order.find((index) => (sum += powers[index]!) > power);
      const instant = expected === undefined ? undefined : at[expected];
      expect(whenAbove({ at: Float64Array.from(at), powers: Float64Array.from(powers) }, n, power)).toBe(instant);
    }
  });
});
