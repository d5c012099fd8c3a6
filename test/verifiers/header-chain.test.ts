import { describe, expect, it } from 'vitest';
import { type Behaviour } from '../../sim/kernel/simulation.ts';
import { duration } from '../../sim/base/units.ts';
import { blockAtHeight, blockOf, type Chain } from '../../models/chains/chain.ts';
import {
  createProofOfWork,
  type ProofOfWorkState,
  startProofOfWork,
} from '../../models/chains/consensus/proof-of-work.ts';
import { type Executor } from '../../models/chains/execution.ts';
import { addNode, makeGenesis } from '../../models/chains/founding.ts';
import { makeBlock, moveReference, moveView, readState } from '../../models/chains/views.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import { headerChain, minedHeaderOf, sealProofOfWork } from '../../models/verifiers/header-chain.ts';
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
import { addBareChain, recordsOf, runUntil, type SmallChain, type SmallWorld } from '../support/small-world.ts';

const SECOND = 1_000_000;
const VALUE = Uint8Array.of(4, 5, 6);

function addMiningChain(small: SmallWorld, miners: number): SmallChain {
  const added = addBareChain(small, { name: 'work', consensus: 'proof-of-work', rootLag: 0, settleDepth: 20 });
  const { chain } = added;
  const { simulation } = small;
  const state: ProofOfWorkState = {
    chain: chain.id,
    intervalUs: duration(2 * SECOND),
    shares: Array.from({ length: miners }, () => 1),
    blockBytes: 1_000,
    miningStream: simulation.stream('chain/work/mining'),
    found: 0,
  };
  const entity = simulation.addEntity('proof-of-work-chain', 'work', state);
  for (let index = 0; index < miners; index++) addNode(chain, { name: `work/${index}`, entity, validator: index });
  makeGenesis(simulation, chain, () => undefined);
  startProofOfWork(simulation, entity, state);
  return added;
}

interface Test extends ClientWorld {
  readonly executor: Executor;
}

function world(depth: number, settings: { mode?: ProofMode; miners?: number } = {}): Test {
  let executor: Executor | undefined;
  const made = clientWorld({
    rule: headerChain,
    kind: 'header-chain',
    parameters: {},
    depth,
    mode: settings.mode ?? 'modelled',
    source: (small) => addMiningChain(small, settings.miners ?? 1),
    behaviours: (given) => {
      executor = given;
      return [createProofOfWork(given, sealProofOfWork) as Behaviour];
    },
  });
  return { ...made, executor: executor! };
}

function rejections({ small }: ClientWorld): unknown[] {
  return recordsOf(small, 'transaction-included')
    .filter(({ isReverted }) => isReverted)
    .map(({ reason }) => reason);
}

function untilHeight(test: Test, height: number): void {
  const { chain } = test.source;
  while (blockOf(chain, chain.head).height < height) test.small.simulation.step();
}

/** Puts a heavier branch beside the last `depth` blocks, without their transactions. */
function reorganise(test: Test, depth: number): void {
  const { chain } = test.source;
  const { simulation } = test.small;
  const head = blockOf(chain, chain.head);
  let parent = blockAtHeight(chain, head.id, head.height - depth)!.id;
  for (let added = 0; added <= depth; added++) {
    const block = makeBlock(simulation, chain, { parent, proposer: 0, transactions: [], work: 1 });
    test.executor.execute(simulation, chain, block);
    sealProofOfWork(simulation, chain, block);
    parent = block.id;
  }
  moveReference(simulation, chain, parent);
  moveView(simulation, chain, chain.nodes[0]!, parent);
}

function heightOf(chain: Chain, key: string): number {
  let block = blockOf(chain, chain.head);
  while (readState(chain, block.parent, key) !== undefined) block = blockOf(chain, block.parent);
  return block.height;
}

describe.each(['hashed', 'modelled'] as const)('header chain, %s', (mode) => {
  it('believes a claim under a header with k headers on top, and not one earlier', () => {
    const test = world(3, { mode });
    const { chain } = test.source;
    write(test, 'k', VALUE);
    untilHeight(test, 1);
    const claim = membership('k', VALUE);
    expect(heightOf(chain, 'k')).toBe(1);
    untilHeight(test, 3);
    expect(gatherNow(test, claim)).toEqual({ kind: 'waiting', reason: 'depth' });
    untilHeight(test, 4);
    const gathered = carry(test, claim);
    expect(gathered).toMatchObject({ kind: 'ready', point: { height: 1 }, updates: [{ action: 'update-client' }] });
    runUntil(test.small, test.small.simulation.now + 2 * SECOND);
    expect(rejections(test)).toEqual([]);
    expect(test.verdicts).toMatchObject([{ kind: 'accepted', height: 1, block: chain.branch.get(1) }]);
    expect(recordsOf(test.small, 'client-updated')).toMatchObject([{ height: 1, headerBlock: chain.branch.get(1) }]);
    expect(readState(test.host, test.host.head, 'clients/0/latest')).toBe(1);
  });

  it('refuses a proof at a header that is not deep enough or was never brought', () => {
    const test = world(3, { mode });
    const { chain } = test.source;
    write(test, 'k', VALUE);
    untilHeight(test, 8);
    const gathered = carry(test, membership('k', VALUE)) as unknown as { evidence: Record<string, unknown> };
    runUntil(test.small, test.small.simulation.now + SECOND);
    const shallow = [...Buffer.from(blockOf(chain, chain.branch.get(7)!).seal.headerHash)];
    const header = shallow.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const check = (evidence: unknown) =>
      send(test, test.host, { action: 'check', arguments: { claim: membership('k', VALUE), evidence } });
    check({ ...gathered.evidence, header });
    check({ ...gathered.evidence, header: 'ff' });
    check('nonsense');
    runUntil(test.small, test.small.simulation.now + SECOND);
    expect(test.verdicts.map((verdict) => (verdict.kind === 'rejected' ? verdict.reason : 'accepted'))).toEqual([
      'accepted',
      'header-too-shallow',
      'header-unknown',
      'evidence-malformed',
    ]);
  });

  it('refuses a header without its seal, out of order, or of no work', () => {
    const test = world(1, { mode });
    const { chain } = test.source;
    untilHeight(test, 4);
    const mined = [1, 2, 3].map((height) => minedHeaderOf(blockOf(chain, chain.branch.get(height)!))!);
    const update = (headers: unknown) =>
      send(test, test.host, { action: 'update-client', arguments: { client: 0, headers } });
    update([{ ...mined[0], seal: mined[0]!.seal.map((byte) => byte ^ 1) }]);
    update([{ ...mined[0], header: { ...mined[0]!.header, chainUs: mined[0]!.header.chainUs + 1 } }]);
    update([mined[1]]);
    update([{ ...mined[0], work: 0 }]);
    update([]);
    update([mined[0], mined[1]]);
    update([mined[0]]);
    runUntil(test.small, test.small.simulation.now + 2 * SECOND);
    expect(rejections(test)).toEqual([
      'seal-invalid',
      'seal-invalid',
      'parent-unknown',
      'work-below-target',
      'update-malformed',
    ]);
  });
});

describe('header chain: reorgs of the source', () => {
  it('within k are followed, and what was proven stays true', () => {
    const test = world(4);
    write(test, 'k', VALUE);
    untilHeight(test, 6);
    carry(test, membership('k', VALUE));
    runUntil(test.small, test.small.simulation.now + SECOND);
    reorganise(test, 3);
    untilHeight(test, 16);
    const gathered = carry(test, absence('none'));
    runUntil(test.small, test.small.simulation.now + SECOND);
    expect(gathered.kind).toBe('ready');
    expect(rejections(test)).toEqual([]);
    expect(test.verdicts.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    for (const { height, headerBlock } of recordsOf(test.small, 'client-updated')) {
      expect(test.source.chain.branch.get(height as number)).toBe(headerBlock);
    }
  });

  it('deeper than k undo what was believed: the attack', () => {
    const test = world(2);
    untilHeight(test, 4);
    write(test, 'k', VALUE);
    untilHeight(test, 5);
    const { chain } = test.source;
    const written = heightOf(chain, 'k');
    untilHeight(test, written + 2);
    const believed = carry(test, membership('k', VALUE)) as unknown as { point: { block: number } };
    runUntil(test.small, test.small.simulation.now + SECOND);
    expect(test.verdicts[0]?.kind).toBe('accepted');
    const depth = blockOf(chain, chain.head).height - written + 1;
    expect(depth).toBeGreaterThan(2);
    reorganise(test, depth);
    expect([...chain.branch.values()]).not.toContain(believed.point.block);
    expect(gatherNow(test, membership('k', VALUE))).toEqual({ kind: 'untrue' });
  });

  it('of miners who race are no trouble to a client of depth 6', () => {
    const test = world(6, { miners: 5 });
    let accepted = 0;
    for (let n = 0; n < 40; n++) {
      write(test, `k${n}`, VALUE);
      runUntil(test.small, (n + 1) * 20 * SECOND);
      if (n > 2) carry(test, membership(`k${n - 2}`, VALUE));
    }
    runUntil(test.small, 41 * 20 * SECOND);
    accepted = test.verdicts.filter(({ kind }) => kind === 'accepted').length;
    const orphans = recordsOf(test.small, 'block-produced').filter(({ chain }) => chain === 0).length;
    expect(orphans).toBeGreaterThan(blockOf(test.source.chain, test.source.chain.head).height);
    expect([accepted, rejections(test)]).toEqual([37, []]);
  });
});
