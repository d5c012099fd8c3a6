import { DAY } from '../../base/units.ts';
import type { ArrivalsEntry, Scenario } from '../scenario.ts';
import type { Hit, LintRule } from './rule.ts';

/**
 * The clients in the middle of a way learn headers only while somebody sends over their lane, by itself or as part of a
 * way. What they have seen must be younger than their trusting period, or no proof goes through them again.
 * @source hermes@a0335506 config.toml: clients are refreshed after two thirds of the trusting period.
 */
export const staleWay: LintRule = {
  summary: 'a client that proofs look through may expire before it hears of a header',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, { verifier }]) => {
      if (verifier.kind !== 'proof-chain') return [];
      return verifier.through.flatMap((middle, i) => hitsOf(scenario, name, middle, i));
    }),
};

function hitsOf(scenario: Scenario, name: string, middle: string, place: number): Hit[] {
  const lane = scenario.lanes[middle];
  if (lane === undefined) return [];
  const apart = longestApart(scenario, middle);
  // One finding a lane: the client that expires first is the one that breaks the way.
  const [first] = [
    { tracked: lane.from, entry: lane.verifier },
    { tracked: lane.to, entry: lane.returnVerifier },
  ]
    .flatMap(({ tracked, entry }) =>
      entry.kind === 'light-client' ? [{ tracked, trusted: entry.trustingPeriod as number }] : [],
    )
    .sort((a, b) => a.trusted - b.trusted);
  if (first === undefined || apart * 3 <= first.trusted * 2) return [];
  const days = (us: number): string => `${Math.round((us / DAY) * 1_000) / 1_000} d`;
  return [
    {
      path: ['lanes', name, 'verifier', 'through', place],
      what: `${middle} trusts ${first.tracked} for ${days(first.trusted)}, and packets come ${days(apart)} apart`,
      reason: 'a client that has expired lets no proof through, and a packet is what brings it headers',
    },
  ];
}

/** Time between packets that bring headers to the clients of a lane, on average; the whole run where none come. */
function longestApart(scenario: Scenario, middle: string): number {
  const served = new Set(Object.values(scenario.relayers).flatMap(({ lanes }) => lanes));
  const brings = (lane: string): boolean => {
    if (!served.has(lane)) return false;
    const verifier = scenario.lanes[lane]?.verifier;
    return lane === middle || (verifier?.kind === 'proof-chain' && verifier.through.includes(middle));
  };
  const times = Object.values(scenario.traffic).flatMap(({ lane, route = [], arrivals }) =>
    [lane, ...route].some(brings) ? [apartUs(arrivals, scenario.horizon)] : [],
  );
  return Math.min(scenario.horizon, ...times);
}

function apartUs(arrivals: ArrivalsEntry, horizon: number): number {
  if (arrivals.kind === 'poisson') return arrivals.rate === 0 ? horizon : 1_000_000 / arrivals.rate;
  if (arrivals.kind !== 'trace') return arrivals.every;
  const times = arrivals.entries.map(({ at }) => at as number);
  const gaps = [...times, horizon].map((at, i) => at - (i === 0 ? 0 : (times[i - 1] as number)));
  return Math.max(...gaps);
}
