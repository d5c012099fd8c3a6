/** One world for every system: two chains, tokens and calls both ways over lanes of the system, its own relayer. */
import { runText, type KeptRun } from './runs.ts';
import { optionsFor, shippedPresets } from './scenarios.ts';

export const SHIPPED = optionsFor('scenarios/conformance.yaml');

/** Names of all systems that are shipped. */
export const systems: readonly string[] = shippedPresets()
  .filter((path) => path.includes('/protocols/'))
  .map((path) => path.replace(/^.*\/|\.yaml$/g, ''))
  .sort((a, b) => (a < b ? -1 : 1));

/** Systems that join only chains which stand on one: the same two are parachains then. */
export const SHARED_SECURITY: ReadonlySet<string> = new Set(['xcm-hrmp']);

const chainOf = (system: string, block: string): string =>
  SHARED_SECURITY.has(system)
    ? '{ consensus: { kind: parachain, on: relay, availability: 500ms, approval: 2s }, block: 6s'
    : `{ consensus: { kind: parametric }, block: ${block}`;

export const conformanceText = (system: string): string => `
l0sim: 1
name: conformance
horizon: 6min
drain: 6h
proofs: modelled
synchrony: { model: partial, gst: 0s, delta: 500ms }
chains:
  a: ${chainOf(system, '2s')}, asset: { name: A, decimals: 6 }, gas: { price: 1 }, keep-blocks: 5000 }
  b: ${chainOf(system, '3s')}, asset: { name: B, decimals: 6 }, gas: { price: 1 }, keep-blocks: 5000 }${
    SHARED_SECURITY.has(system)
      ? '\n  relay: { consensus: { kind: parametric }, block: 6s, asset: { name: R, decimals: 6 } }'
      : ''
  }
lanes:
  ab: { from: a, to: b, protocol: ${system} }
  ba: { from: b, to: a, protocol: ${system} }
relayers:
  carrier: { protocol: ${system}, lanes: [ab, ba] }
traffic:
  tokens: { application: token-transfer, lane: ab, arrivals: { kind: poisson, rate: 0.1/s }, amount: 2 A }
  home: { application: token-transfer, lane: ba, as: tokens, arrivals: { kind: poisson, rate: 0.02/s }, amount: 0.5 B }
  calls: { application: remote-call, lane: ba, arrivals: { kind: poisson, rate: 0.05/s } }
`;

export function runSystem(system: string, changes: Readonly<Record<string, string>> = {}, more = ''): KeptRun {
  return runText(conformanceText(system) + more, changes, SHIPPED);
}

/** Sequences of a lane in the order in which records of a kind speak of them. */
export function sequencesOf(run: KeptRun, record: string, lane: number): number[] {
  return run
    .of(record)
    .filter(({ fields }) => fields['lane'] === lane)
    .map(({ fields }) => fields['sequence'] as number);
}
