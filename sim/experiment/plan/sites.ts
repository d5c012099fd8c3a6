/** Where messages and faults of a plan can go, and which of its people a plan that keeps the assumptions leaves honest. */
import { fallsBelow, ratio, type Ratio } from '../../base/ratio.ts';
import { blockTimeUs } from '../../run/build/bounds.ts';
import type { ConsensusEntry, Scenario } from '../../scenario/scenario.ts';
import type { CommitteePlan, WorldPlan } from './scenario-plan.ts';

export interface ChainSite {
  readonly id: string;
  readonly kind: ConsensusEntry['kind'];
  readonly powers: readonly number[];
  readonly asset: string;
  readonly decimals: number;
  readonly blockMs: number;
  readonly depth: number;
  /** Share of power that must stay honest: below this may be Byzantine. */
  readonly byzantineBelow: Ratio;
}

export interface LaneSite {
  readonly id: string;
  readonly from: ChainSite;
  readonly to: ChainSite;
  readonly committee: CommitteePlan | undefined;
  /** Lane of the way back. */
  readonly reverse: string | undefined;
}

export interface RelayerSite {
  readonly id: string;
  readonly lanes: readonly string[];
  /** Takes every packet, so that the others may stop. */
  readonly isRacing: boolean;
}

export interface Sites {
  readonly chains: readonly ChainSite[];
  readonly lanes: readonly LaneSite[];
  readonly relayers: readonly RelayerSite[];
}

const THIRD = ratio(1, 3);
export const PLANNED_DECIMALS = 6;

/** Native asset of a planned chain. */
export function assetOf(chain: string): string {
  return chain.toUpperCase();
}

export function sitesOfWorld(world: WorldPlan): Sites {
  const chains = world.chains.map(({ id, kind, powers, blockMs, depth }): ChainSite => {
    const asset = assetOf(id);
    return { id, kind, powers, asset, decimals: PLANNED_DECIMALS, blockMs, depth, byzantineBelow: THIRD };
  });
  const chainOf = new Map(chains.map((chain) => [chain.id, chain]));
  const lanes = world.lanes.map((lane): LaneSite => {
    const { id, committee } = lane;
    const alike = world.lanes.filter(({ from, to }) => from === lane.from && to === lane.to);
    const opposite = world.lanes.filter(({ from, to }) => from === lane.to && to === lane.from);
    const from = chainOf.get(lane.from) as ChainSite;
    return { id, from, to: chainOf.get(lane.to) as ChainSite, committee, reverse: opposite[alike.indexOf(lane)]?.id };
  });
  const relayers = world.relayers.map(({ id, lanes: served, strategy }): RelayerSite => {
    return { id, lanes: served, isRacing: strategy === 'racing' };
  });
  return { chains, lanes, relayers };
}

export function sitesOfScenario(scenario: Scenario): Sites {
  const depths = new Map<string, number>();
  for (const { from, to, finality, returnFinality } of Object.values(scenario.lanes)) {
    for (const [chain, rule] of [
      [from, finality],
      [to, returnFinality],
    ] as const) {
      const depth = rule.kind === 'depth' ? rule.blocks : 0;
      depths.set(chain, Math.min(depth, depths.get(chain) ?? depth));
    }
  }
  const chains = Object.entries(scenario.chains).map(([id, chain]): ChainSite => {
    const assumed = scenario.assume.find((entry) => entry.kind === 'byzantine' && entry.subject === id);
    return {
      id,
      kind: chain.consensus.kind,
      powers: chain.validators,
      asset: chain.asset.name,
      decimals: chain.asset.decimals,
      blockMs: Math.max(1, Math.round(blockTimeUs(chain, Number.MAX_SAFE_INTEGER) / 1000)),
      depth: depths.get(id) ?? 0,
      byzantineBelow: assumed?.kind === 'byzantine' ? assumed.below : THIRD,
    };
  });
  const chainOf = new Map(chains.map((chain) => [chain.id, chain]));
  const lanes = Object.entries(scenario.lanes).map(([id, { from, to, verifier, reverse }]): LaneSite => {
    const committee =
      verifier.kind === 'committee' ? { members: verifier.members, threshold: verifier.threshold } : undefined;
    return { id, from: chainOf.get(from) as ChainSite, to: chainOf.get(to) as ChainSite, committee, reverse };
  });
  const relayers = Object.entries(scenario.relayers).map(([id, { lanes: served, strategy }]): RelayerSite => {
    return { id, lanes: served, isRacing: strategy.kind === 'racing' };
  });
  return { chains, lanes, relayers };
}

/** Validators, the last ones, that may all be faulty for good: their power together stays below the limit. */
export function weakValidators(chain: ChainSite): number[] {
  const total = chain.powers.reduce((sum, power) => sum + power, 0);
  const weak: number[] = [];
  let power = 0;
  for (let index = chain.powers.length - 1; index >= 0; index--) {
    power += chain.powers[index] ?? 0;
    if (!fallsBelow(power, total, chain.byzantineBelow)) break;
    weak.unshift(index);
  }
  return weak;
}

/** Relayers that serve honestly throughout: one on each lane that takes every packet, or all that serve the lane. */
export function guardiansOf(sites: Sites): ReadonlySet<string> {
  const guardians = new Set<string>();
  for (const { id } of sites.lanes) {
    const serving = sites.relayers.filter(({ lanes }) => lanes.includes(id));
    const racing = serving.find(({ isRacing }) => isRacing);
    for (const each of racing === undefined ? serving : [racing]) guardians.add(each.id);
  }
  return guardians;
}
