import { describe, expect, it } from 'vitest';
import * as records from '../../models/records.ts';
import { properties } from '../../reports/observers/properties/table.ts';
import { judgedProperties, propertyRows } from '../../reports/results.ts';
import { ACCOUNT, Chains, SECOND, type SmallWorld } from './trace.ts';

/** A trace in which one thing goes wrong, and the only property that may find it. */
interface Mutant {
  readonly property: string;
  readonly title: string;
  readonly world?: SmallWorld;
  readonly trace: (chains: Chains) => void;
  readonly what: RegExp;
}

function send(chains: Chains, amount = 0n): void {
  chains.request(1, amount);
  chains.block(0, (block) => chains.commit(block, 1, 1, amount));
}

function deliver(chains: Chains, amount = 0n): void {
  chains.block(1, (block) => {
    chains.receive(block, 1, 1, amount);
    chains.written(block, 1);
  });
}

function decide(chains: Chains, node: number, block: number): void {
  chains.trace.record(records.blockDecided, { chain: 0, node, height: 8, round: node, block });
}

function sign(chains: Chains, attester: number, key: number, digest = 7): void {
  const claim = { lane: 0, sequence: 1, claim: 'commitment', sourceBlock: 1, digest: Uint8Array.of(digest) };
  chains.trace.record(records.attestationSigned, { committee: 0, attester, key, ...claim });
}

/** A client on the destination takes a head of the source; -1 is one that the source never had. */
function believe(chains: Chains, block: number, headerBlock: number): void {
  const fields = { chain: 1, block, client: 0, height: 1, headerBlock, headerRoot: Uint8Array.of(1) };
  chains.trace.record(records.clientUpdated, fields);
}

const reached = { committee: 0, lane: 0, sequence: 1, claim: 'commitment' };

const mutants: readonly Mutant[] = [
  {
    property: 'no-forgery',
    title: 'a call that nobody sent is executed',
    trace: (chains) => {
      chains.block(1, (block) => chains.receive(block, 5, 5));
    },
    what: /sequence 5 .* nobody sent it/,
  },
  {
    property: 'no-forgery',
    title: 'a packet is executed under the sequence of another',
    trace: (chains) => {
      send(chains);
      chains.block(1, (block) => chains.receive(block, 1, 77));
    },
    what: /nobody sent it/,
  },
  {
    property: 'at-most-once',
    title: 'the receipt is not written, and a second relayer delivers again (M01)',
    trace: (chains) => {
      send(chains);
      deliver(chains);
      chains.block(1, (block) => chains.receive(block, 1));
    },
    what: /executions=2/,
  },
  {
    property: 'at-most-once',
    title: 'a packet is replayed long after it was settled',
    trace: (chains) => {
      chains.carry(1);
      chains.block(1, (block) => chains.receive(block, 1));
    },
    what: /again after it had settled/,
  },
  {
    property: 'receive-xor-unwind',
    title: 'an executed call times out (M05)',
    trace: (chains) => {
      send(chains);
      deliver(chains);
      chains.block(0, (block) => chains.timeOut(block, 1));
    },
    what: /timed out at the source/,
  },
  {
    property: 'receive-xor-unwind',
    title: 'a call is executed after its timeout has settled',
    trace: (chains) => {
      send(chains);
      chains.block(0, (block) => chains.timeOut(block, 1));
      chains.block(1, (block) => chains.receive(block, 1));
    },
    what: /after it had settled as unwound/,
  },
  {
    property: 'refund-exact',
    title: 'a timeout returns less than was escrowed',
    trace: (chains) => {
      send(chains, 9n);
      chains.block(0, (block) => {
        chains.timeOut(block, 1);
        chains.refund(block, 1, 8n);
      });
    },
    what: /refunds=1 of 8 ux, where 1 of 9 is due/,
  },
  {
    property: 'refund-exact',
    title: 'a refund goes to another than the payer',
    trace: (chains) => {
      send(chains, 9n);
      chains.block(0, (block) => {
        chains.timeOut(block, 1);
        chains.refund(block, 1, 9n, ACCOUNT.fees);
      });
    },
    what: /to account 3, where ux to account 0 is due/,
  },
  {
    property: 'conservation',
    title: 'a receive mints more than was escrowed (M20)',
    trace: (chains) => {
      send(chains, 9n);
      chains.block(1, (block) => {
        chains.receive(block, 1, 1, 10n);
        chains.written(block, 1);
      });
    },
    what: /escrowed=9, vouchers=10, in flight=0/,
  },
  {
    property: 'conservation',
    title: 'base units appear out of a transfer',
    trace: (chains) => {
      chains.block(0, (block) => chains.moved(0, block, 'ux', -1, 0, 5n, 'transfer', 0));
    },
    what: /5 ux appeared on a as transfer/,
  },
  {
    property: 'order',
    title: 'an ordered lane accepts a gap (M13)',
    world: { rules: { ordering: 'strict' } },
    trace: (chains) => {
      for (const n of [1, 2, 3]) chains.request(n);
      chains.block(0, (block) => [1, 2, 3].forEach((n) => chains.commit(block, n)));
      chains.block(1, (block) => [1, 3].forEach((n) => chains.receive(block, n)));
    },
    what: /sequence 3 received after 1, where 2 was next/,
  },
  {
    property: 'order',
    title: 'a lane that waits for gaps executes past one',
    world: { rules: { ordering: 'lazy-gap' } },
    trace: (chains) => {
      for (const n of [1, 2, 3]) chains.request(n);
      chains.block(0, (block) => [1, 2, 3].forEach((n) => chains.commit(block, n)));
      chains.block(1, (block) => {
        for (const n of [1, 3]) chains.verified(block, n);
        for (const n of [1, 3]) chains.receive(block, n);
      });
    },
    what: /sequence 3 executed, and nobody had proven or skipped 2/,
  },
  {
    property: 'rate-limit',
    title: 'the destination lets a second capacity pass at once',
    world: { limit: 9n },
    trace: (chains) => {
      for (const n of [1, 2]) {
        // Ten seconds apart at the source, together at the destination.
        chains.trace.at(n * 10 * SECOND);
        chains.request(n, 9n);
        chains.block(0, (block) => chains.commit(block, n, n, 9n));
      }
      chains.block(1, (block) => [1, 2].forEach((n) => chains.receive(block, n, n, 9n)));
    },
    what: /9 p\/ux passed, 9000000 millionths above capacity 9/,
  },
  {
    property: 'rate-limit',
    title: 'a bucket is full again when its setting changes (M11)',
    world: { limit: 9n },
    trace: (chains) => {
      send(chains, 9n);
      chains.block(0, (block) => {
        const setting = { capacity: 9n, perSecond: 1n };
        chains.trace.record(records.limitChanged, { chain: 0, block, lane: 0, end: 'source', ...setting });
      });
      chains.request(2, 9n);
      chains.block(0, (block) => chains.commit(block, 2, 2, 9n));
    },
    what: /9 ux passed, 9000000 millionths above/,
  },
  {
    property: 'pause',
    title: 'a pause is checked at sending only (M16)',
    world: { rules: { pause: 'key' } },
    trace: (chains) => {
      send(chains);
      chains.block(1, (block) => pauseEnd(chains, 1, block, true));
      chains.block(1, (block) => chains.receive(block, 1));
    },
    what: /sequence 1 was received while that end was paused/,
  },
  {
    property: 'finality-respected',
    title: 'a call is executed one block too early (M03)',
    world: { sourceDepth: 2, settleDepth: 3 },
    trace: (chains) => {
      send(chains);
      chains.block(0);
      chains.block(1, (block) => chains.receive(block, 1));
    },
    what: /before 2 blocks/,
  },
  {
    property: 'finality-respected',
    title: 'a reorg removes the send of an executed call',
    world: { sourceDepth: 1, settleDepth: 3 },
    trace: (chains) => {
      send(chains);
      chains.block(0);
      chains.block(1, (block) => chains.receive(block, 1));
      chains.block(0, () => undefined, 0);
    },
    what: /removed the send/,
  },
  {
    property: 'agreement',
    title: 'two honest nodes decide different blocks (M02)',
    trace: (chains) => {
      decide(chains, 0, 3);
      decide(chains, 1, 3);
      decide(chains, 2, 4);
    },
    what: /height 8: node 0 decided block 3 in round 0, node 2 block 4 in round 2/,
  },
  {
    property: 'client-truth',
    title: 'a client takes a header of no block',
    trace: (chains) => {
      chains.block(1, (block) => believe(chains, block, -1));
    },
    what: /believed at height 1 what that chain does not have/,
  },
  {
    property: 'client-truth',
    title: 'contracts believe an output that is not so',
    trace: (chains) => {
      chains.block(1, (block) => {
        chains.trace.record(records.outputSettled, { chain: 1, block, rollup: 0, output: 0, height: 9, isTrue: false });
      });
    },
    what: /believed at height 9/,
  },
  {
    property: 'quorum-of-attestations',
    title: 'one signer counts twice (M10)',
    world: { committee: true },
    trace: (chains) => {
      send(chains);
      sign(chains, 0, 100);
      sign(chains, 0, 100);
      chains.trace.record(records.attestationReached, reached);
    },
    what: /1 distinct signers of 2/,
  },
  {
    property: 'quorum-of-attestations',
    title: 'signatures on two digests are added up',
    world: { committee: true },
    trace: (chains) => {
      send(chains);
      sign(chains, 0, 100, 7);
      sign(chains, 1, 101, 8);
      chains.trace.record(records.attestationReached, reached);
    },
    what: /1 distinct signers of 2/,
  },
  {
    property: 'legal-moves',
    title: 'a packet that nobody received is acknowledged',
    trace: (chains) => {
      send(chains);
      chains.block(0, (block) => chains.acknowledge(block, 1));
    },
    what: /from final to acknowledged/,
  },
  {
    // Nine are sent and four go on: every escrow is covered, and five lie with the chain in the middle.
    property: 'way-conservation',
    title: 'a chain in the middle sends on less than came',
    world: { routed: true },
    trace: (chains) => {
      send(chains, 9n);
      chains.block(1, (block) => chains.forward(block, 1, 1, 9n, 4n));
    },
    what: /^sent=9, in flight=4, arrived=0, refunded=0, and 5 left in the middle$/,
  },
  {
    property: 'fees-exact',
    title: 'a fee is paid to the second who delivers too (M07)',
    world: { charged: true },
    trace: (chains) => {
      chains.request(1);
      chains.block(0, (block) => {
        chains.moved(0, block, 'ux', ACCOUNT.user, ACCOUNT.fees, 5n, 'fee', 1);
        chains.commit(block, 1);
      });
      deliver(chains);
      chains.block(0, (block) => {
        chains.moved(0, block, 'ux', ACCOUNT.fees, ACCOUNT.relayer, 5n, 'fee', 1);
        chains.moved(0, block, 'ux', ACCOUNT.fees, ACCOUNT.relayer, 3n, 'fee', 1);
        chains.acknowledge(block, 1);
      });
    },
    what: /^paid in=5 in 1 payments, paid out=8$/,
  },
  {
    property: 'fees-exact',
    title: 'what nobody earned does not come back',
    world: { charged: true },
    trace: (chains) => {
      chains.request(1);
      chains.block(0, (block) => {
        chains.moved(0, block, 'ux', ACCOUNT.user, ACCOUNT.fees, 5n, 'fee', 1);
        chains.commit(block, 1);
      });
      deliver(chains);
      chains.block(0, (block) => {
        chains.moved(0, block, 'ux', ACCOUNT.fees, ACCOUNT.relayer, 3n, 'fee', 1);
        chains.acknowledge(block, 1);
      });
    },
    what: /^paid in=5 in 1 payments, paid out=3, and the packet is done with$/,
  },
  {
    property: 'resolution',
    title: 'a message is dropped silently (M18)',
    trace: (chains) => {
      send(chains);
      chains.end(61 * SECOND);
    },
    what: /still final at its deadline/,
  },
  {
    property: 'resolution',
    title: 'an acknowledgement comes too late',
    trace: (chains) => {
      send(chains);
      deliver(chains);
      chains.trace.at(60 * SECOND + 1);
      chains.block(0, (block) => chains.acknowledge(block, 1));
      chains.end(61 * SECOND);
    },
    what: /acknowledged 1us after its deadline/,
  },
];

function pauseEnd(chains: Chains, chain: number, block: number, isPaused: boolean): void {
  chains.trace.record(records.lanePaused, { chain, block, lane: 0, isPaused, account: 0 });
}

describe('properties on seeded mutants', () => {
  for (const { property, title, world, trace, what } of mutants) {
    it(`${title} -> ${property} alone`, () => {
      const chains = new Chains(world);
      trace(chains);
      expect(chains.found()).toEqual([property]);
      expect(chains.judge.findings[0]?.what).toMatch(what);
    });
  }

  it('have one mutant each at least', () => {
    expect(new Set(mutants.map((mutant) => mutant.property))).toEqual(new Set(properties.map((part) => part.slug)));
  });
});

describe('properties on healthy traces', () => {
  it('find nothing in transfers, timeouts, errors and reorgs, and were all exercised', () => {
    const chains = new Chains({
      committee: true,
      sourceDepth: 1,
      settleDepth: 3,
      rules: { ordering: 'strict', pause: 'key' },
      limit: 20n,
    });
    chains.request(1, 9n);
    chains.block(0, (block) => chains.commit(block, 1, 1, 9n));
    chains.block(0);
    sign(chains, 0, 100);
    sign(chains, 2, 102);
    chains.trace.record(records.attestationReached, reached);
    chains.block(1, (block) => believe(chains, block, 1));
    deliver(chains, 9n);
    chains.block(0, (block) => chains.acknowledge(block, 1));
    chains.request(2, 4n);
    chains.block(0, (block) => chains.commit(block, 2, 2, 4n));
    chains.block(0, (block) => chains.commit(block, 2, 2, 4n), 3);
    chains.block(0, (block) => {
      chains.timeOut(block, 2);
      chains.refund(block, 2, 4n);
    });
    decide(chains, 0, 3);
    decide(chains, 1, 3);
    for (let i = 0; i < 6; i++) for (const chain of [0, 1]) chains.block(chain);
    chains.end(SECOND);
    expect(chains.judge.findings).toEqual([]);
    const ways = new Chains({ routed: true });
    send(ways, 9n);
    ways.block(1, (block) => ways.forward(block, 1, 1, 9n, 9n));
    expect(ways.judge.findings).toEqual([]);
    const way = judgedProperties(ways.judge).find(({ part }) => part.slug === 'way-conservation');
    expect(way?.checked).toBe(2);
    const counts = judgedProperties(chains.judge).map(({ part, checked }) => [part.slug, checked > 0]);
    const others = properties.map(({ slug }) => [slug, !['way-conservation', 'fees-exact'].includes(slug)]);
    expect(counts).toEqual(others);
    const row = propertyRows(chains.judge).find((each) => each.property === 'resolution');
    expect(row).toMatchObject({ component: 'a-b', met: 2, missed: 0, notDue: 0, leastSlackUs: 60 * SECOND });
  });

  it('let a paused lane go on behind its resumption, and owe nothing meanwhile', () => {
    const chains = new Chains({ rules: { pause: 'key' } });
    send(chains);
    chains.block(1, (block) => pauseEnd(chains, 1, block, true));
    chains.trace.at(100 * SECOND);
    chains.block(1, (block) => pauseEnd(chains, 1, block, false));
    deliver(chains);
    chains.trace.at(159 * SECOND);
    chains.block(0, (block) => chains.acknowledge(block, 1));
    chains.end(160 * SECOND);
    expect(chains.judge.findings).toEqual([]);
    // Due a bound of 60 s after the end of the pause, not after its sending.
    expect(propertyRows(chains.judge).find((each) => each.property === 'resolution')).toMatchObject({
      met: 1,
      leastSlackUs: SECOND,
    });
  });

  it('forget what passed in a block that a reorg took back', () => {
    const chains = new Chains({ limit: 9n, settleDepth: 3 });
    send(chains, 9n);
    chains.block(0, (block) => chains.commit(block, 1, 1, 9n), 0);
    expect(chains.judge.findings).toEqual([]);
  });

  it('take an opening, and what a reorg took back, for no gap', () => {
    const chains = new Chains({ rules: { ordering: 'strict' }, settleDepth: 3 });
    for (const n of [1, 2, 3]) chains.request(n);
    chains.block(0, (block) => [1, 2, 3].forEach((n) => chains.commit(block, n)));
    chains.block(1, (block) => chains.receive(block, 1));
    // The block that received 1 is replaced by one that receives it again.
    chains.block(1, (block) => chains.receive(block, 1), 0);
    chains.block(0, (block) => {
      chains.timeOut(block, 2);
      chains.trace.record(records.laneReopened, { chain: 0, block, lane: 0, fromSequence: 3 });
    });
    chains.block(1, (block) => chains.receive(block, 3));
    expect(chains.judge.findings).toEqual([]);
  });

  it('take what is proven or skipped for no gap, and no more once a reorg takes it back', () => {
    const chains = new Chains({ rules: { ordering: 'lazy-gap' }, settleDepth: 3 });
    for (const n of [1, 2, 3]) chains.request(n);
    chains.block(0, (block) => [1, 2, 3].forEach((n) => chains.commit(block, n)));
    chains.block(1, (block) => {
      const act = { chain: 1, block, lane: 0, sequence: 2, act: 'skip', account: 0, transaction: 99 };
      for (const n of [3, 1]) chains.verified(block, n);
      chains.trace.record(records.packetAdministered, act);
      chains.receive(block, 3);
    });
    expect(chains.judge.findings).toEqual([]);
    // In the block that replaces it nobody skips the second.
    chains.block(
      1,
      (block) => {
        for (const n of [3, 1]) chains.verified(block, n);
        chains.receive(block, 3);
      },
      0,
    );
    expect(chains.judge.findings.map(({ property }) => property)).toEqual(['order']);
  });

  it('compare honest nodes only', () => {
    const chains = new Chains();
    const turned = { chain: 0, node: 3, power: 1, isByzantine: true, fault: 0 };
    chains.trace.record(records.validatorTurned, turned);
    decide(chains, 0, 3);
    decide(chains, 3, 4);
    expect(chains.found()).toEqual([]);
  });

  it('count from GST where it is later than the send', () => {
    const chains = new Chains({ gstUs: 100 * SECOND });
    send(chains);
    chains.end(159 * SECOND);
    const [row] = propertyRows(chains.judge).filter((each) => each.property === 'resolution');
    expect(row).toMatchObject({ met: 0, missed: 0, notDue: 1 });
  });

  it('keep 1,000 findings and count the rest', () => {
    const chains = new Chains();
    for (let n = 1; n <= 1_200; n++) chains.block(1, (block) => chains.receive(block, n, n));
    expect(chains.judge.findings).toHaveLength(1_000);
    const [row] = propertyRows(chains.judge);
    expect(row).toMatchObject({ property: 'no-forgery', checked: 1_200, missed: 1_200 });
  });
});
