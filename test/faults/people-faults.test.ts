import { describe, expect, it } from 'vitest';
import { chainOf } from '../../models/chains/chain.ts';
import { relayerOf } from '../../models/faults/people.ts';
import {
  FAR,
  faultWorld,
  type FaultWorld,
  HUB,
  lasting,
  POW,
  recordsOf,
  runTo,
  SECOND,
} from '../support/fault-world.ts';

/** Lanes in the order of the text. */
const HUB_DST = 0;
const POW_DST = 1;
const FORGED_FROM = 2_147_483_648;

function at(from: number, seconds: number) {
  return { at: from * SECOND, for: lasting(seconds) };
}

function accountOf(world: FaultWorld, chain: number, name: string): number | undefined {
  return chainOf(world.simulation.world, chain).accountIds.get(name);
}

function includedOf(world: FaultWorld, chain: number, account: number | undefined): number[] {
  return recordsOf(world, 'transaction-included')
    .filter((record) => record['chain'] === chain && record['account'] === account)
    .map((record) => record.at);
}

describe('faults: mev.censor', () => {
  it('leaves out a relayer inside its time, and nobody else', () => {
    const world = faultWorld({ f: { kind: 'mev.censor', target: { chain: 'far', relayer: 'r1' }, when: at(60, 60) } });
    runTo(world, 200);
    const own = includedOf(world, FAR, accountOf(world, FAR, 'relayer/r1'));
    expect(own.filter((time) => time >= 60 && time < 120)).toEqual([]);
    expect(own.filter((time) => time < 60).length).toBeGreaterThan(0);
    expect(own.filter((time) => time >= 120).length).toBeGreaterThan(0);
    const submitted = recordsOf(world, 'transaction-submitted').filter(
      (record) => record['chain'] === FAR && record['account'] === accountOf(world, FAR, 'relayer/r1'),
    );
    expect(submitted.filter((record) => record.at >= 60 && record.at < 120).length).toBeGreaterThan(0);
    const other = includedOf(world, FAR, accountOf(world, FAR, 'relayer/r2.1'));
    expect(other.filter((time) => time >= 60 && time < 120).length).toBeGreaterThan(0);
  });

  it("leaves out the users of a lane, not the relayer's acknowledgements", () => {
    const world = faultWorld({
      f: { kind: 'mev.censor', target: { chain: 'hub', lane: 'hub-far' }, when: at(60, 60) },
    });
    runTo(world, 200);
    // A block that was built before 60 may be decided, and executed, a moment later.
    const inside = recordsOf(world, 'packet-committed').filter(
      (record) => record['lane'] === HUB_DST && record.at >= 62 && record.at < 120,
    );
    expect(inside).toEqual([]);
    const carried = includedOf(world, HUB, accountOf(world, HUB, 'relayer/r1'));
    expect(carried.filter((time) => time >= 60 && time < 120).length).toBeGreaterThan(0);
    // Patient: what waited comes in one block once the builders take it again.
    const after = recordsOf(world, 'packet-committed').filter(
      (record) => record['lane'] === HUB_DST && record.at >= 120,
    );
    expect(after.length).toBeGreaterThan(12);
  });

  it('of some builders delays, and does not stop', () => {
    const target = { chain: 'hub', traffic: 't', validators: [0, 1] };
    const world = faultWorld({ f: { kind: 'mev.censor', target, when: { at: 0 } } });
    runTo(world, 200);
    const blocks = new Map(
      recordsOf(world, 'block-produced').map((record) => [
        `${String(record['chain'])}/${String(record['block'])}`,
        record,
      ]),
    );
    const proposers = recordsOf(world, 'packet-committed')
      .filter((record) => record['lane'] === HUB_DST)
      .map((record) => blocks.get(`${String(record['chain'])}/${String(record['block'])}`)?.['proposer']);
    expect(new Set(proposers)).toEqual(new Set([2, 3]));
  });
});

describe('faults: rel.stop', () => {
  it('stops every relayer of a lane -> no delivery inside, all of it afterwards', () => {
    const world = faultWorld({ f: { kind: 'rel.stop', target: { lane: 'hub-far' }, when: at(60, 60) } });
    runTo(world, 240);
    const submitted = recordsOf(world, 'relay-submitted').map((record) => record.at);
    expect(submitted.filter((time) => time > 60 && time < 120)).toEqual([]);
    expect(submitted.filter((time) => time >= 120 && time < 130).length).toBeGreaterThan(0);
    const turned = recordsOf(world, 'relayer-turned').map((record) => [
      record.at,
      record['relayer'],
      record['isServing'],
    ]);
    expect(turned).toEqual([
      ...[0, 1, 2].map((relayer) => [60, relayer, false]),
      ...[0, 1, 2].map((relayer) => [120, relayer, true]),
    ]);
    const committed = recordsOf(world, 'packet-committed').filter(
      (record) => record['lane'] === HUB_DST && record.at < 200,
    );
    const received = recordsOf(world, 'packet-received').filter((record) => record['lane'] === HUB_DST);
    const sequences = new Set(received.map((record) => record['sequence']));
    expect(committed.every((record) => sequences.has(record['sequence']))).toBe(true);
  });

  it('delivers what was attested while the relayer was stopped', () => {
    const world = faultWorld({ f: { kind: 'rel.stop', target: { relayer: 'r1' }, when: at(60, 120) } });
    runTo(world, 400);
    const inside = recordsOf(world, 'attestation-reached').filter(
      (record) => record['lane'] === POW_DST && record['claim'] === 'commitment' && record.at > 60 && record.at < 180,
    );
    expect(inside.length).toBeGreaterThan(0);
    const received = new Set(
      recordsOf(world, 'packet-received')
        .filter((r) => r['lane'] === POW_DST)
        .map((r) => r['sequence']),
    );
    expect(inside.every((record) => received.has(record['sequence']))).toBe(true);
  });

  it('does not set a relayer going that had stopped by itself', () => {
    const world = faultWorld({ f: { kind: 'rel.stop', target: { relayer: 'r1' }, when: at(60, 60) } });
    runTo(world, 50);
    relayerOf(world.simulation.world, 0).isServing = false;
    runTo(world, 130);
    expect(relayerOf(world.simulation.world, 0).isServing).toBe(false);
    expect(recordsOf(world, 'relayer-turned')).toEqual([]);
  });

  it('of two that overlap -> one stop, one resumption', () => {
    const stop = (from: number, seconds: number) => ({
      kind: 'rel.stop',
      target: { relayer: 'r1' },
      when: at(from, seconds),
    });
    const world = faultWorld({ f: stop(60, 60), g: stop(90, 60) });
    runTo(world, 160);
    const turned = recordsOf(world, 'relayer-turned').map((record) => [
      record.at,
      record['isServing'],
      record['fault'],
    ]);
    expect(turned).toEqual([
      [60, false, 0],
      [150, true, 1],
    ]);
  });
});

describe('faults: com.sign-wrong-fork', () => {
  /** Blocks on top of the one that was signed, at the signing: the reference branch says. */
  function depths(world: FaultWorld): { at: number; depth: number; attester: unknown }[] {
    const heights = new Map<unknown, number>();
    const found: { at: number; depth: number; attester: unknown }[] = [];
    let top = 0;
    for (const { name, at: time, fields } of world.seen) {
      if (name === 'block-produced' && fields['chain'] === POW)
        heights.set(fields['block'], fields['height'] as number);
      if (name === 'head-moved' && fields['chain'] === POW) top = fields['height'] as number;
      if (name !== 'attestation-signed' || fields['claim'] !== 'commitment') continue;
      found.push({
        at: time / SECOND,
        depth: top - (heights.get(fields['sourceBlock']) ?? 0),
        attester: fields['attester'],
      });
    }
    return found;
  }

  it('signs the newest block inside its time, and blocks three deep before and after; both processes of the member', () => {
    const target = { committee: 'pow-far', members: [0] };
    const world = faultWorld({ f: { kind: 'com.sign-wrong-fork', target, when: at(120, 200) } });
    runTo(world, 600);
    const turned = recordsOf(world, 'attester-turned').map((r) => [r.at, r['attester'], r['isByzantine']]);
    // Attesters 0 to 2 are the members, 3 is the twin of the first.
    expect(turned).toEqual([
      [120, 0, true],
      [120, 3, true],
      [320, 0, false],
      [320, 3, false],
    ]);
    const signed = depths(world);
    // The first block inside makes up for the three that it had left waiting.
    const caughtUp = 140;
    const rash = signed.filter(
      (each) => [0, 3].includes(each.attester as number) && each.at > caughtUp && each.at < 320,
    );
    expect(rash.length).toBeGreaterThan(4);
    expect(Math.max(...rash.map(({ depth }) => depth))).toBeLessThan(3);
    const sound = signed.filter(
      (each) => !rash.includes(each) && !(each.at > 115 && each.at < 325 && [0, 3].includes(each.attester as number)),
    );
    expect(sound.length).toBeGreaterThan(10);
    expect(Math.min(...sound.map(({ depth }) => depth))).toBeGreaterThanOrEqual(3);
  });
});

describe('faults: data.lie', () => {
  function lie(members: readonly number[]) {
    const given = { amount: '1000000 POW', receiver: 'thief' };
    return { kind: 'data.lie', target: { committee: 'pow-far', members }, when: at(120, 60), with: given };
  }

  it('of a quorum -> the packet is signed, carried and executed, and the thief has the amount', () => {
    const world = faultWorld({ f: lie([0, 1]) });
    runTo(world, 400);
    const received = recordsOf(world, 'packet-received').filter((r) => r['sequence'] === FORGED_FROM);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      chain: FAR,
      lane: POW_DST,
      isExecuted: true,
      account: accountOf(world, FAR, 'carrier/f'),
    });
    const minted = recordsOf(world, 'asset-moved').filter(
      (r) => r['chain'] === FAR && r['to'] === accountOf(world, FAR, 'thief'),
    );
    expect(minted.map(({ amount, asset, why }) => ({ amount, asset, why }))).toEqual([
      { amount: 100_000_000_000_000n, asset: 'pow-far/POW', why: 'mint' },
    ]);
    const turned = recordsOf(world, 'source-turned').map((r) => [r.at, r['attester'], r['isLying']]);
    expect(turned).toEqual([
      ...[0, 1, 3].map((attester) => [120, attester, true]),
      ...[0, 1, 3].map((attester) => [180, attester, false]),
    ]);
    expect(recordsOf(world, 'packet-committed').filter((r) => r['sequence'] === FORGED_FROM)).toEqual([]);
  });

  it('of one member, which reads it twice through two processes -> signed, and never accepted', () => {
    const world = faultWorld({ f: lie([0]) });
    runTo(world, 400);
    const signed = recordsOf(world, 'attestation-signed').filter((r) => r['sequence'] === FORGED_FROM);
    expect(new Set(signed.map((r) => r['attester']))).toEqual(new Set([0, 3]));
    expect(recordsOf(world, 'packet-received').filter((r) => r['sequence'] === FORGED_FROM)).toEqual([]);
  });

  it('takes the place of no true packet -> the others are received as without it', () => {
    const clean = faultWorld();
    const lied = faultWorld({ f: lie([0, 1]) });
    for (const world of [clean, lied]) runTo(world, 400);
    const of = (world: FaultWorld) =>
      recordsOf(world, 'packet-received')
        .filter((r) => r['sequence'] !== FORGED_FROM)
        .map((r) => [r.at, r['lane'], r['sequence']]);
    expect(of(clean).length).toBeGreaterThan(80);
    expect(of(lied)).toEqual(of(clean));
  });
});
