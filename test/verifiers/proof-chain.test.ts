/** Proofs over several chains. Expected: ICS 33: what arrives was sent, the chains between hold nothing of it, and a frozen client stops it. */
import { describe, expect, it } from 'vitest';
import { createRunParts } from '../../sim/run/parts.ts';
import { buildWorld } from '../../sim/run/build/world.ts';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { builtInObservers } from '../../reports/results.ts';
import { accountId, chainOf } from '../../models/chains/chain.ts';
import type { CallHandler } from '../../models/chains/execution.ts';
import { submit } from '../../models/chains/views.ts';
import { packetCommitment } from '../../models/lanes/commitments.ts';
import { laneOf } from '../../models/lanes/lane.ts';
import { commitmentClaim, type RelayArguments } from '../../models/lanes/packet-calls.ts';
import { clientKey } from '../../models/verifiers/client-store.ts';
import { proofChain } from '../../models/verifiers/proof-chain.ts';
import { clientOf } from '../../models/verifiers/verifier.ts';

interface Link {
  readonly consensus: { readonly height: number; readonly stateRoot: Uint8Array };
  readonly consensusProof: unknown;
  readonly state: object;
  readonly stateProof: unknown;
}

interface Told {
  readonly last: number;
  readonly links: readonly Link[];
}

const SECOND = 1_000_000;
const chain = (name: string): string =>
  `  ${name}: { consensus: { kind: bft }, validators: 4, block: 5s, asset: { name: ${name.toUpperCase()}, decimals: 6 }, gas: { price: 1 } }`;
const text = (names: string, options: { mode?: string; more?: string } = {}): string => {
  const all = names.split(' ');
  const hops = all.slice(1).map((to, i) => ({ from: all[i] ?? '', to }));
  return `
l0sim: 1
name: chained
horizon: 3min
proofs: ${options.mode ?? 'modelled'}
drain: 1h
chains:
${all.map(chain).join('\n')}
lanes:
${hops.map(({ from, to }) => `  ${from}-${to}: { from: ${from}, to: ${to}, timeout: 5min }`).join('\n')}
  far: { from: ${all[0]}, to: ${all.at(-1)}, timeout: 2min, verifier: { kind: proof-chain, through: [${hops.map(({ from, to }) => `${from}-${to}`).join(', ')}] } }
relayers: { r: { lanes: [far] } }
traffic:
  t: { application: token-transfer, lane: far, arrivals: { kind: periodic, every: 20s }, amount: 1 A }
${options.more ?? ''}`;
};

describe('proof chain', () => {
  it.each([
    ['one chain between', 'a b c', 'hashed'],
    ['one chain between', 'a b c', 'modelled'],
    ['two chains between', 'a b c d', 'modelled'],
  ])('%s (%s, %s): all is delivered and acknowledged, and judged safe', (_what, names, mode) => {
    const { scenario } = loadScenario(text(names, { mode }));
    const { violations, messages } = simulate(scenario, { parts: createRunParts(builtInObservers) });
    expect(violations).toEqual([]);
    expect(messages).toHaveLength(9);
    expect(new Set(messages.map(({ outcome }) => outcome))).toEqual(new Set(['acknowledged']));
  });

  it('refunds over the same way what times out', () => {
    const more = 'faults: { f: { kind: rel.stop, target: { relayer: r }, when: { at: 30s, for: 10min } } }';
    const { scenario } = loadScenario(text('a b c', { more }));
    const { violations, messages } = simulate(scenario, { parts: createRunParts(builtInObservers) });
    expect(violations.filter(({ property }) => property !== 'resolution')).toEqual([]);
    expect(new Set(messages.map(({ outcome }) => outcome))).toContain('unwound');
    expect(messages.filter(({ outcome }) => outcome !== 'unwound' && outcome !== 'acknowledged')).toEqual([]);
  });

  /** A world that ran for a while, and what its relayer brought to the last chain. */
  function ran(freezesAt = Infinity) {
    const seen: { name: string; fields: Readonly<Record<string, unknown>> }[] = [];
    const simulation = buildWorld(
      loadScenario(text('a b c')).scenario,
      createRunParts(builtInObservers, undefined, {
        calls: (builtIn) => ({
          ...builtIn,
          freeze: (execution, given) => {
            const client = given as number;
            const state = execution.get(clientKey.state(client)) as { latestHeight: number };
            execution.set(clientKey.state(client), Object.freeze({ latestHeight: state.latestHeight, isFrozen: true }));
            return { kind: 'done', gas: 0 };
          },
        }),
      }),
      [{ onRecord: (_place, definition, fields) => seen.push({ name: definition.name, fields: { ...fields } }) }],
    );
    let isFrozen = false;
    while ((simulation.nextEventTime() ?? Infinity) < 300 * SECOND) {
      if (!isFrozen && simulation.now >= freezesAt) {
        isFrozen = true;
        const middle = chainOf(simulation.world, 1);
        const account = accountId(middle, 'relayer/r');
        submit(simulation, middle, { account, calls: [{ action: 'freeze', arguments: 0 }], gasLimit: 1_000_000 });
      }
      simulation.step();
    }
    return { simulation, seen };
  }

  it('writes nothing of a packet on the chains between, but headers', () => {
    const { seen } = ran();
    const ofMiddle = seen.filter(({ fields }) => fields['chain'] === 1).map(({ name }) => name);
    expect(ofMiddle).toContain('client-updated');
    expect(ofMiddle.filter((name) => name.startsWith('packet') || name.startsWith('acknowledgement'))).toEqual([]);
    expect(seen.filter(({ name }) => name === 'packet-received')).toHaveLength(9);
    expect(seen.filter(({ name, fields }) => name === 'transaction-included' && fields['isReverted'] === true)).toEqual(
      [],
    );
  });

  it('stops where a client between is frozen: nothing more is received', () => {
    const received = ran(90 * SECOND).seen.filter(({ name }) => name === 'packet-received').length;
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(9);
  });

  it('refuses evidence with any part of it changed, and believes the same unchanged', () => {
    const reasons = new Map<string, unknown>();
    const simulation = buildWorld(
      loadScenario(text('a b c', { mode: 'hashed' })).scenario,
      createRunParts(builtInObservers, undefined, {
        calls: (builtIn) => ({
          ...builtIn,
          receive: (execution, given) => {
            const { packet, evidence } = given as RelayArguments;
            const client = clientOf(execution.context.world, laneOf(execution.context.world, 2).destinationClient);
            const lane = laneOf(execution.context.world, 2);
            const claim = commitmentClaim(lane, packet, packetCommitment(execution, lane, packet));
            const own = evidence as Told;
            const [link] = own.links as [Link];
            const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
            const consensus = { ...link.consensus, stateRoot: flipped(link.consensus.stateRoot) };
            const changes: Readonly<Record<string, unknown>> = {
              'as it is': own,
              nothing: undefined,
              'no links': { ...own, links: [] },
              'a link twice': { ...own, links: [link, link] },
              'a link of garbage': { ...own, links: [{ consensus: {}, state: {} }] },
              'another root': { ...own, links: [{ ...link, consensus }] },
              'another height between': { ...own, links: [{ ...link, consensus: { ...link.consensus, height: 1 } }] },
              'a client that is frozen': { ...own, links: [{ ...link, state: { ...link.state, isFrozen: true } }] },
              'the proofs changed over': {
                ...own,
                links: [{ ...link, consensusProof: link.stateProof, stateProof: link.consensusProof }],
              },
              'the proof of a link for the claim': { ...own, proof: link.consensusProof },
              'a height that nobody knows': { ...own, last: own.last + 1_000 },
            };
            for (const [what, changed] of Object.entries(changes)) {
              const verdict = proofChain.verify(execution, client, claim, changed);
              reasons.set(what, verdict.kind === 'rejected' ? verdict.reason : verdict.kind);
            }
            return (builtIn['receive'] as CallHandler)(execution, given);
          },
        }),
      }),
    );
    while (reasons.size === 0 && simulation.step());
    expect(Object.fromEntries(reasons)).toEqual({
      'as it is': 'accepted',
      nothing: 'evidence-malformed',
      'no links': 'evidence-malformed',
      'a link twice': 'evidence-malformed',
      'a link of garbage': 'evidence-malformed',
      'another root': 'proof-value-mismatch',
      'another height between': 'proof-wrong-key',
      'a client that is frozen': 'proof-value-mismatch',
      'the proofs changed over': 'proof-wrong-key',
      'the proof of a link for the claim': 'proof-wrong-key',
      'a height that nobody knows': 'header-unknown',
    });
  });
});
