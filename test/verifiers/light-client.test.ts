import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { ratio } from '../../sim/base/ratio.ts';
import { type Behaviour, restoreWorld, Simulation } from '../../sim/kernel/simulation.ts';
import { blockOf } from '../../models/chains/chain.ts';
import { createParametric, type ParametricState, startParametric } from '../../models/chains/consensus/parametric.ts';
import { addNode, makeGenesis } from '../../models/chains/founding.ts';
import { keysOf } from '../../models/keys/key-room.ts';
import { createKey } from '../../models/keys/keys.ts';
import { commitEvidenceOf, sealByAuthority } from '../../models/chains/consensus/bft-sealing.ts';
import { readState } from '../../models/chains/views.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import { lightClient } from '../../models/verifiers/light-client.ts';
import { misbehaviourCall } from '../../models/verifiers/light-client-gathering.ts';
import {
  absence,
  carry,
  type ClientWorld,
  clientWorld,
  gatherNow,
  membership,
  send,
  write,
} from '../support/client-world.ts';
import {
  addBareChain,
  addVotingChain,
  partition,
  recordsOf,
  runUntil,
  type SmallChainOptions,
} from '../support/small-world.ts';

const SECOND = 1_000_000;
const VALUE = Uint8Array.of(1, 2, 3);
const CALM = { trustingPeriod: 14 * 86_400 * SECOND, trustLevel: ratio(1, 3), clockDrift: 10 * SECOND };

function world(
  chain: SmallChainOptions = {},
  settings: { mode?: ProofMode; parameters?: unknown; depth?: number } = {},
): ClientWorld {
  return clientWorld({
    rule: lightClient,
    kind: 'light-client',
    parameters: settings.parameters ?? CALM,
    mode: settings.mode ?? 'modelled',
    depth: settings.depth ?? 0,
    source: (small) => addVotingChain(small, chain),
  });
}

function rejections({ small }: ClientWorld): unknown[] {
  return recordsOf(small, 'transaction-included')
    .filter(({ isReverted }) => isReverted)
    .map(({ reason }) => reason);
}

describe.each(['hashed', 'modelled'] as const)('light client, %s', (mode) => {
  it('believes what is proven under a header that it was brought, from the next header on', () => {
    const test = world({}, { mode });
    runUntil(test.small, 5 * SECOND);
    write(test, 'lanes/0/commitments/1', VALUE);
    const claim = membership('lanes/0/commitments/1', VALUE);
    expect(gatherNow(test, claim)).toEqual({ kind: 'untrue' });
    const written = test.source.chain.head;
    while (readState(test.source.chain, test.source.chain.head, claim.key) === undefined) test.small.simulation.step();
    expect(test.source.chain.head).not.toBe(written);
    // A header commits to the state before its block. @source CometBFT, app hash.
    expect(gatherNow(test, claim)).toEqual({ kind: 'waiting', reason: 'header' });
    const { height } = blockOf(test.source.chain, test.source.chain.head);
    runUntil(test.small, 12 * SECOND);
    const gathered = carry(test, claim);
    expect(gathered.kind === 'ready' && [gathered.updates.length, gathered.point.height > height]).toEqual([1, true]);
    runUntil(test.small, 14 * SECOND);
    expect(rejections(test)).toEqual([]);
    expect(test.verdicts.map(({ kind }) => kind)).toEqual(['accepted']);
    const [updated] = recordsOf(test.small, 'client-updated');
    const { chain } = test.source;
    expect(chain.branch.get(updated!.height as number)).toBe(updated!.headerBlock);
    expect(readState(test.host, test.host.head, 'clients/0/latest')).toBe(updated!.height);
    // What it knows is enough for what it proves.
    const again = gatherNow(test, claim);
    expect(again.kind === 'ready' && again.updates).toEqual([]);
  });

  it('refuses another value, another key, an absence that is none, and an unknown height', () => {
    const test = world({}, { mode });
    write(test, 'k', VALUE);
    runUntil(test.small, 8 * SECOND);
    const gathered = carry(test, membership('k', VALUE));
    runUntil(test.small, 10 * SECOND);
    const { evidence } = gathered as { evidence: { height: number; proof: unknown } };
    const check = (claim: unknown, offered: unknown) =>
      send(test, test.host, { action: 'check', arguments: { claim, evidence: offered } });
    check(membership('k', Uint8Array.of(9)), evidence);
    check(membership('other', VALUE), evidence);
    check(absence('k'), evidence);
    check(membership('k', VALUE), { ...evidence, height: evidence.height + 1 });
    check(membership('k', VALUE), { height: evidence.height });
    check(membership('k', VALUE), null);
    runUntil(test.small, 12 * SECOND);
    expect(test.verdicts.map((verdict) => (verdict.kind === 'rejected' ? verdict.reason : 'accepted'))).toEqual([
      'accepted',
      'proof-value-mismatch',
      'proof-wrong-key',
      'proof-key-present',
      'header-unknown',
      'evidence-malformed',
      'evidence-malformed',
    ]);
  });

  it('refuses an update with one flipped byte in header, commit or set -> the reason of each', () => {
    const test = world({}, { mode });
    write(test, 'k', VALUE);
    runUntil(test.small, 8 * SECOND);
    const gathered = gatherNow(test, membership('k', VALUE));
    const update = (gathered as unknown as { updates: { arguments: unknown }[] }).updates[0]!.arguments as {
      header: { stateRoot: Uint8Array; chain: number; chainUs: number };
      commit: { signatures: { key: number; signature: Uint8Array }[]; headerHash: Uint8Array };
      validators: { power: number }[];
    };
    const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === 3 ? byte ^ 1 : byte));
    const { header, commit } = update;
    const { signatures } = commit;
    const cases: [string, unknown][] = [
      ['commit-header-mismatch', { ...update, header: { ...header, stateRoot: flip(header.stateRoot) } }],
      ['wrong-chain', { ...update, header: { ...header, chain: 1 } }],
      ['header-from-future', { ...update, header: { ...header, chainUs: 3_600 * SECOND } }],
      [
        'signature-invalid',
        {
          ...update,
          commit: { ...commit, signatures: signatures.map((s) => ({ ...s, signature: flip(s.signature) })) },
        },
      ],
      ['not-enough-trust', { ...update, commit: { ...commit, signatures: signatures.slice(0, 1) } }],
      ['commit-below-quorum', { ...update, commit: { ...commit, signatures: signatures.slice(0, 2) } }],
      ['duplicate-signer', { ...update, commit: { ...commit, signatures: [...signatures, signatures[0]] } }],
      ['validators-hash-mismatch', { ...update, validators: update.validators.map((v) => ({ ...v, power: 2 })) }],
      ['trusted-header-unknown', { ...update, trustedHeight: 3 }],
      ['update-malformed', { ...update, commit: null }],
      ['unknown-client', { ...update, client: 7 }],
    ];
    for (const [, bad] of cases) send(test, test.host, { action: 'update-client', arguments: bad });
    runUntil(test.small, 10 * SECOND);
    expect(rejections(test)).toEqual(cases.map(([reason]) => reason));
    expect(recordsOf(test.small, 'client-updated')).toEqual([]);
  });
});

describe('light client: validator sets that change', () => {
  it('is led across by headers in between, as many as trust needs', () => {
    // Eight validators with power, eight without: the first leave one by one, the last join.
    const powers = Array.from({ length: 16 }, (_, index) => (index < 8 ? 1 : 0));
    const test = world({ powers });
    const { chain } = test.source;
    for (let step = 0; step < 8; step++) {
      const at = (step + 1) * 4 * SECOND;
      runUntil(test.small, at);
      send(
        test,
        chain,
        { action: 'validator-update', arguments: { validator: step, power: 0 } },
        { action: 'validator-update', arguments: { validator: step + 8, power: 1 } },
      );
    }
    write(test, 'k', VALUE);
    runUntil(test.small, 45 * SECOND);
    const changes = recordsOf(test.small, 'validator-set-changed');
    expect(changes.length).toBe(16);
    for (const { node, power, fromHeight } of changes) {
      const blocks = recordsOf(test.small, 'block-produced').filter((block) => block.chain === chain.id);
      const proposed = blocks.filter(({ proposer }) => proposer === node).map(({ height }) => height as number);
      if (power === 0) expect(Math.max(...proposed)).toBeLessThan(fromHeight as number);
      else expect(Math.min(...proposed)).toBeGreaterThanOrEqual(fromHeight as number);
    }
    const gathered = carry(test, membership('k', VALUE));
    const jumps = (
      gathered as unknown as { updates: { arguments: { trustedHeight: number; header: { height: number } } }[] }
    ).updates;
    expect(jumps.length).toBeGreaterThan(1);
    expect(jumps.length).toBeLessThan(12);
    runUntil(test.small, 48 * SECOND);
    expect(rejections(test)).toEqual([]);
    expect(test.verdicts[0]?.kind).toBe('accepted');
  });

  it('needs one header where the set stands, however many blocks lie between', () => {
    const test = world();
    write(test, 'k', VALUE);
    runUntil(test.small, 120 * SECOND);
    const gathered = gatherNow(test, membership('k', VALUE));
    expect(gathered.kind === 'ready' && gathered.updates.length).toBe(1);
  });
});

describe('light client: trust', () => {
  it('expires exactly when the trusting period has passed since the latest header', () => {
    const test = world({}, { parameters: { ...CALM, trustingPeriod: 20 * SECOND } });
    write(test, 'k', VALUE);
    runUntil(test.small, 8 * SECOND);
    const gathered = carry(test, membership('k', VALUE)) as { evidence: unknown; point: { chainUs: number } };
    runUntil(test.small, 10 * SECOND);
    const times: number[] = [];
    for (let at = 12; at < 40; at++) {
      runUntil(test.small, at * SECOND);
      times.push(blockOf(test.host, test.host.head).chainUs);
      send(test, test.host, {
        action: 'check',
        arguments: { claim: membership('k', VALUE), evidence: gathered.evidence },
      });
    }
    runUntil(test.small, 41 * SECOND);
    const expiresAt = gathered.point.chainUs + 20 * SECOND;
    const included = recordsOf(test.small, 'transaction-included').filter(({ chain }) => chain === test.host.id);
    included.forEach(({ block }, index) => {
      const { chainUs } = blockOf(test.host, block as number);
      const verdict = test.verdicts[index]!;
      expect(verdict.kind === 'rejected' ? verdict.reason : 'accepted').toBe(
        chainUs >= expiresAt ? 'client-expired' : 'accepted',
      );
    });
    expect(test.verdicts.at(-1)?.kind).toBe('rejected');
    expect(gatherNow(test, membership('k', VALUE))).toEqual({ kind: 'waiting', reason: 'client-expired' });
  });

  it('ends when a fork is shown to it: frozen, and nothing is believed any more', () => {
    const test = world({ powers: [1, 1, 1, 1], twins: [0, 1] });
    const { chain, network } = test.source;
    write(test, 'k', VALUE);
    runUntil(test.small, 5 * SECOND);
    // Nodes 0, 1, 2 against 3 and the copies of 0 and 1.
    for (const node of chain.nodes) node.isUp = true;
    partition(network, [1, 1, 1, 2, 2, 2, 1]);
    runUntil(test.small, 20 * SECOND);
    const own = chain.nodes[2]!.head;
    const other = chain.nodes[3]!.head;
    expect(blockOf(chain, own).parent).not.toBe(blockOf(chain, other).parent);
    // Someone carries the branch of node 3, a watcher reads the one of node 2.
    const claim = membership('k', VALUE);
    const { rule, client, small, host } = test;
    const lie = rule.gather(small.simulation, client, claim, { counterpartyHead: other, hostHead: host.head });
    expect(lie.kind).toBe('ready');
    send(test, host, ...(lie as unknown as { updates: never[] }).updates);
    runUntil(small, 22 * SECOND);
    expect(recordsOf(small, 'client-updated').map(({ headerBlock }) => headerBlock)).toEqual([other]);
    const view = { counterpartyHead: chain.nodes[2]!.head, hostHead: host.head };
    expect(rule.gather(small.simulation, client, claim, view)).toEqual({
      kind: 'waiting',
      reason: 'client-on-another-branch',
    });
    const call = misbehaviourCall(small.simulation, client, view);
    expect(call?.action).toBe('submit-misbehaviour');
    send(test, host, call!);
    runUntil(small, 24 * SECOND);
    expect(recordsOf(small, 'client-frozen').length).toBe(1);
    send(test, host, { action: 'check', arguments: { claim, evidence: (lie as { evidence: unknown }).evidence } });
    runUntil(small, 26 * SECOND);
    expect(test.verdicts).toMatchObject([{ kind: 'rejected', reason: 'client-frozen' }]);
  });

  it('wants as many headers on top as its depth says', () => {
    const test = world({}, { depth: 3 });
    write(test, 'k', VALUE);
    while (readState(test.source.chain, test.source.chain.head, 'k') === undefined) test.small.simulation.step();
    expect(gatherNow(test, membership('k', VALUE))).toEqual({ kind: 'waiting', reason: 'header' });
    runUntil(test.small, 20 * SECOND);
    carry(test, membership('k', VALUE));
    runUntil(test.small, 22 * SECOND);
    expect(test.verdicts[0]?.kind).toBe('accepted');
  });
});

describe('light client: its state', () => {
  it('keeps 128 heights at most, and the newest always', () => {
    const test = world({ timeouts: { commit: 100_000 as never }, latency: { kind: 'constant', value: 10_000 } });
    write(test, 'k', VALUE);
    runUntil(test.small, 2 * SECOND);
    for (let at = 2; at < 200; at++) {
      runUntil(test.small, at * SECOND);
      const gathered = gatherNow(test, absence('none'));
      if (gathered.kind === 'ready') send(test, test.host, ...gathered.updates);
    }
    const { entries, heights } = stored(test);
    expect([entries, heights.length]).toEqual([128, 128]);
    expect(heights.at(-1)).toBe(readState(test.host, test.host.head, 'clients/0/latest'));
  });

  it('is in a snapshot, with the seals of the blocks', () => {
    const test = world();
    write(test, 'k', VALUE);
    runUntil(test.small, 8 * SECOND);
    carry(test, membership('k', VALUE));
    runUntil(test.small, 10 * SECOND);
    const restored = restoreWorld(test.small.simulation.snapshot());
    const chains = restored.tables['chains'] as (typeof test.host)[];
    const own = test.source.chain;
    expect(commitEvidenceOf(blockOf(chains[0]!, own.head))).toEqual(commitEvidenceOf(blockOf(own, own.head)));
    expect(readState(chains[1]!, test.host.head, 'clients/0/latest')).toBe(
      readState(test.host, test.host.head, 'clients/0/latest'),
    );
    // What a carrier takes from a restored block is held by block and call: still a tree.
    const { parts } = test.small.simulation as unknown as { parts: ConstructorParameters<typeof Simulation>[1] };
    const simulation = new Simulation(restored, parts);
    const small = { ...test.small, simulation };
    const again: ClientWorld = { ...test, small, source: { ...test.source, chain: chains[0]! }, host: chains[1]! };
    runUntil(small, 14 * SECOND);
    expect(carry(again, absence('none'))).toMatchObject({ kind: 'ready', updates: [{ action: 'update-client' }] });
    expect(simulation.snapshot().length).toBeGreaterThan(1_000);
  });
});

function stored(test: ClientWorld): { entries: number; heights: readonly number[] } {
  const heights = readState(test.host, test.host.head, 'clients/0/heights') as readonly number[];
  const latest = heights.at(-1) ?? 0;
  let entries = 0;
  for (let height = 0; height <= latest; height++) {
    if (readState(test.host, test.host.head, `clients/0/consensus/${height}`) !== undefined) entries++;
  }
  return { entries, heights };
}

describe('light client: cost', () => {
  it('modelled, never asks for SHA-256 once the world is built; hashed, it does', () => {
    const calls = (['modelled', 'hashed'] as const).map((mode) => {
      let count = 0;
      const test = clientWorld({
        rule: lightClient,
        kind: 'light-client',
        parameters: CALM,
        mode,
        hash: {
          name: 'counting',
          sha256(bytes) {
            count++;
            return nobleHash.sha256(bytes);
          },
        },
        source: (small) => addVotingChain(small),
      });
      count = 0;
      write(test, 'k', VALUE);
      runUntil(test.small, 8 * SECOND);
      carry(test, membership('k', VALUE));
      runUntil(test.small, 10 * SECOND);
      expect(test.small.simulation.world.eventCount).toBeLessThan(4_096); // before the first checkpoint of the digest
      expect(test.verdicts.map(({ kind }) => kind)).toEqual(['accepted']);
      return count;
    });
    expect(calls[0]).toBe(0);
    expect(calls[1]).toBeGreaterThan(100);
  });
});

describe('light client: of a chain with one authority', () => {
  it('believes its headers, each of which commits to its own state', () => {
    const test = clientWorld({
      rule: lightClient,
      kind: 'light-client',
      parameters: CALM,
      behaviours: (executor) => [createParametric(executor, sealByAuthority) as Behaviour],
      source: (small) => {
        const added = addBareChain(small, { name: 'law', consensus: 'parametric', rootLag: 0 });
        const { simulation } = small;
        const state: ParametricState = {
          chain: added.chain.id,
          isOnDemand: false,
          interval: { kind: 'constant', value: SECOND },
          finality: { kind: 'constant', value: 0 },
          intervalStream: simulation.stream('chain/law/interval'),
          finalityStream: simulation.stream('chain/law/finality'),
          key: createKey(keysOf(simulation.world), 'chain/law/0', ['law/0'], simulation.hash),
          tip: 0,
        };
        const entity = simulation.addEntity('parametric-chain', 'law', state);
        addNode(added.chain, { name: 'law/0', entity, validator: 0 });
        makeGenesis(simulation, added.chain, () => undefined);
        startParametric(simulation, entity, state);
        return added;
      },
    });
    write(test, 'k', VALUE);
    runUntil(test.small, SECOND);
    expect(carry(test, membership('k', VALUE))).toMatchObject({ kind: 'ready', point: { height: 1 } });
    runUntil(test.small, 3 * SECOND);
    expect(test.verdicts).toMatchObject([{ kind: 'accepted', height: 1, block: 1 }]);
  });
});
