import { describe, expect, it } from 'vitest';
import type { AttesterState } from '../../models/attesters/attester.ts';
import { FORWARDED, forwardAccount } from '../../models/applications/forwarding.ts';
import { accountId } from '../../models/chains/chain.ts';
import { bftTable } from '../../models/chains/consensus/bft-state.ts';
import type { CallHandler, Execution } from '../../models/chains/execution.ts';
import { pausedKey } from '../../models/controls/pauses.ts';
import { bucketKey } from '../../models/controls/token-bucket.ts';
import { moveAsset } from '../../models/economy/ledger.ts';
import type { ApplicationContract } from '../../models/lanes/application.ts';
import { feeAccount, payerKey, payFee } from '../../models/lanes/fee-terms.ts';
import { laneKey, laneOf } from '../../models/lanes/lane.ts';
import { nextReceive } from '../../models/lanes/orderings.ts';
import type { RelayArguments } from '../../models/lanes/packet-calls.ts';
import type { VerifierTable } from '../../models/verifiers/verifier.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import type { Behaviour } from '../../sim/kernel/simulation.ts';
import { createRunParts, type PartChanges } from '../../sim/run/parts.ts';
import { type RunResult, simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { builtInObservers } from '../../reports/results.ts';

/** Two parametric chains, a committee of one, two relayers that race; some packets meet a stopped relayer and time out. */
const CALM = `
l0sim: 1
name: mutants
horizon: 4min
drain: 20min
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, verifier: { kind: committee, members: 3, threshold: 2 }, timeout: 40s } }
relayers: { r: { lanes: [a-b], count: 2 } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 5s }, amount: 2 A } }
faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: 60s, for: 70s } } }
`;

/** A mined source whose forks the lane waits out. */
const FORKS = `
l0sim: 1
name: forks
horizon: 10min
drain: 30min
chains:
  a:
    consensus: { kind: proof-of-work }
    validators: 5
    block: 10s
    asset: { name: A, decimals: 6 }
    settle-depth: 30
    network: { latency: { kind: exponential, mean: 2s } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes:
  a-b:
    from: a
    to: b
    verifier: { kind: committee, members: 1, threshold: 1 }
    finality: { kind: depth, blocks: 8 }
    timeout: 1h
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: poisson, rate: 0.3/s }, amount: 2 A } }
`;

/** A chain that votes and is cut in halves for a minute, with nothing to carry; messages run between two others. */
const HALVES = `
l0sim: 1
name: halves
horizon: 4min
drain: 20min
proofs: modelled
chains:
  v: { consensus: { kind: bft }, validators: 4, asset: { name: V, decimals: 6 }, network: { latency: 100ms } }
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, timeout: 40s } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 5s }, amount: 2 A } }
faults: { cut: { kind: net.partition, target: { chain: v, validators: 0..1 }, when: { at: 60s, for: 60s } } }
`;

function judged(text: string, changes: PartChanges): Map<string, number> {
  const { scenario } = loadScenario(text);
  const result: RunResult = simulate(scenario, { parts: createRunParts(builtInObservers, nobleHash, changes) });
  const found = new Map<string, number>();
  for (const row of result.violations) found.set(row.property, (found.get(row.property) ?? 0) + 1);
  return found;
}

/** A verifier that believes whatever it is told. */
function gullible(builtIn: VerifierTable): VerifierTable {
  const { committee } = builtIn;
  if (committee === undefined) return builtIn;
  const point = { height: 1, chainUs: Number.MAX_SAFE_INTEGER, block: -1 };
  return { ...builtIn, committee: { ...committee, verify: () => ({ kind: 'accepted', gas: 0, ...point }) } };
}

function wrapCall(name: string, wrap: (builtIn: CallHandler) => CallHandler): PartChanges['calls'] {
  return (calls) => ({ ...calls, [name]: wrap(calls[name] as CallHandler) });
}

function wrapBehaviour(kind: string, wrap: (builtIn: Behaviour) => Behaviour): PartChanges['behaviours'] {
  return (all) => all.map((each) => (each.kind === kind ? wrap(each) : each));
}

const relayed = (given: unknown): RelayArguments => given as RelayArguments;

/** The same lane, ordered, with two relayers that race. */
const ORDERED = CALM.replace('timeout: 40s', 'timeout: 10min, ordering: strict');

/** A lane with a bucket and a pause key, whose destination is stopped for a minute while packets are under way. */
const CONTROLLED = `
l0sim: 1
name: controlled
horizon: 4min
drain: 20min
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes:
  a-b:
    from: a
    to: b
    verifier: { kind: committee, members: 1 }
    timeout: 10min
    limiter: { kind: token-bucket, capacity: 6 A, rate: 0.2 A, at: destination }
    pause: { kind: key }
relayers: { r: { lanes: [a-b] } }
operators: { warden: { holds: [a-b], acts: [{ at: 60s, do: pause, lane: a-b, on: b }, { at: 120s, do: resume, lane: a-b, on: b }] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 5s }, amount: 2 A } }
`;

/** A transfer over a middle chain whose second lane is cut off for a while, so that some hops time out. */
const ROUTED = `
l0sim: 1
name: routed
horizon: 4min
drain: 20min
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
  c: { consensus: { kind: parametric }, block: 2s, asset: { name: C, decimals: 6 } }
lanes:
  a-b: { from: a, to: b, verifier: { kind: committee, members: 1 }, timeout: 10min }
  b-c: { from: b, to: c, verifier: { kind: committee, members: 1 }, timeout: 30s }
relayers: { first: { lanes: [a-b] }, second: { lanes: [b-c] } }
traffic: { t: { application: token-transfer, lane: a-b, route: [b-c], arrivals: { kind: periodic, every: 5s }, amount: 2 A } }
faults: { rest: { kind: rel.stop, target: { relayer: second }, when: { at: 60s, for: 70s } } }
`;

function wrapForwarding(wrap: (builtIn: ApplicationContract) => Partial<ApplicationContract>): PartChanges {
  return {
    applications: (builtIn) => {
      const forwarding = builtIn[FORWARDED];
      return forwarding === undefined ? builtIn : { ...builtIn, [FORWARDED]: { ...forwarding, ...wrap(forwarding) } };
    },
  };
}

/** The same lane as in calm weather, with fees that wait for the work. */
const PAID = CALM.replace(
  'timeout: 40s',
  'timeout: 40s, fees: { kind: incentive, receive: 0.3, acknowledge: 0.2, time-out: 0.4 }',
);

interface Mutant {
  readonly name: string;
  readonly caught: string;
  readonly text: string;
  readonly changes: PartChanges;
}

const mutants: readonly Mutant[] = [
  {
    name: 'the destination believes anybody, and somebody makes packets up',
    caught: 'no-forgery',
    text: CALM,
    changes: {
      verifiers: gullible,
      calls: wrapCall('receive', (receive) => (execution, given) => {
        const { packet } = relayed(given);
        const outcome = receive(execution, given);
        const forged = Object.freeze({ ...packet, sequence: packet.sequence + 1_000_000 });
        receive(execution, { ...relayed(given), packet: forged });
        return outcome;
      }),
    },
  },
  {
    name: 'the receipt is not written',
    caught: 'at-most-once',
    text: CALM,
    changes: {
      calls: wrapCall('receive', (receive) => (execution, given) => {
        const outcome = receive(execution, given);
        const { lane, sequence } = relayed(given).packet;
        execution.remove(laneKey.receipt(lane, sequence));
        return outcome;
      }),
    },
  },
  {
    name: 'a timeout is accepted in the place of an acknowledgement',
    caught: 'receive-xor-unwind',
    text: CALM,
    changes: {
      verifiers: gullible,
      calls: (calls) => ({ ...calls, acknowledge: calls['time-out'] as CallHandler }),
    },
  },
  {
    name: 'a timeout pays the sender twice',
    caught: 'refund-exact',
    text: CALM,
    changes: {
      applications: (builtIn) => {
        const transfer = builtIn['token-transfer'];
        if (transfer === undefined) return builtIn;
        const onTimeout: typeof transfer.onTimeout = (execution, lane, packet) => {
          transfer.onTimeout(execution, lane, packet);
          transfer.onTimeout(execution, lane, packet);
        };
        return { ...builtIn, 'token-transfer': { ...transfer, onTimeout } };
      },
    },
  },
  {
    name: 'the voucher is minted one unit too large',
    caught: 'conservation',
    text: CALM,
    changes: {
      calls: wrapCall('receive', (receive) => (execution: Execution, given) => {
        const outcome = receive(execution, given);
        const { path } = laneOf(execution.context.world, relayed(given).packet.lane);
        const asset = `${path}/A`;
        if (outcome.kind === 'done') moveAsset(execution, { asset, from: -1, to: 0, amount: 1n, why: 'mint' });
        return outcome;
      }),
    },
  },
  {
    name: 'a chain in the middle mints twice for a packet that it sends on',
    caught: 'way-conservation',
    text: ROUTED,
    changes: wrapForwarding((forwarding) => ({
      onReceive(execution, lane, packet) {
        const outcome = forwarding.onReceive(execution, lane, packet);
        if (outcome.kind !== 'pending') return outcome;
        const to = accountId(execution.chain, forwardAccount(lane));
        const again = { asset: 'a-b/A', from: -1, to, amount: 2_000_000n, lane: lane.id, sequence: packet.sequence };
        moveAsset(execution, { ...again, why: 'mint' });
        return outcome;
      },
    })),
  },
  {
    // Every path's escrow covers its vouchers: only who follows the transfer sees that its sender never has it back.
    name: 'a refund is lost on the way: the chain in the middle forgets whose it was, and keeps it',
    caught: 'way-conservation',
    text: ROUTED,
    changes: wrapForwarding((forwarding) => ({
      onTimeout(execution, lane, packet) {
        execution.remove(`forwards/${lane.id}/${packet.sequence}`);
        forwarding.onTimeout(execution, lane, packet);
      },
    })),
  },
  {
    name: 'a packet that timed out on the second lane is told to be delivered',
    caught: 'way-conservation',
    text: ROUTED,
    changes: wrapForwarding((forwarding) => ({
      onTimeout: (execution, lane, packet) => forwarding.onAcknowledge(execution, lane, packet, true),
    })),
  },
  {
    name: 'a timeout is paid for with more than its sender paid in',
    caught: 'fees-exact',
    text: PAID,
    changes: {
      calls: wrapCall('time-out', (timeOut) => (execution, given) => {
        const { lane, sequence } = relayed(given).packet;
        const own = laneOf(execution.context.world, lane);
        const outcome = timeOut(execution, given);
        if (outcome.kind === 'done') {
          const to = accountId(execution.chain, feeAccount(own));
          moveAsset(execution, { asset: 'A', from: execution.account, to, amount: 1n, why: 'transfer' });
          payFee(execution, own, sequence, { to: execution.account, amount: 1n, why: 'fee' });
        }
        return outcome;
      }),
    },
  },
  {
    name: 'a fee that nobody earned stays where it is',
    caught: 'fees-exact',
    text: PAID,
    changes: {
      calls: wrapCall('acknowledge', (acknowledge) => (execution, given) => {
        const { lane, sequence } = relayed(given).packet;
        execution.remove(payerKey(lane, sequence));
        return acknowledge(execution, given);
      }),
    },
  },
  {
    name: 'attesters sign blocks that are not final',
    caught: 'finality-respected',
    text: FORKS,
    changes: {
      behaviours: wrapBehaviour('attester', (attester) => ({
        ...attester,
        handle(state, event, context) {
          (state as unknown as AttesterState).signsEveryFork = true;
          attester.handle(state, event, context);
        },
      })),
    },
  },
  {
    name: 'what was executed moves on after its source block is gone',
    caught: 'legal-moves',
    text: FORKS,
    changes: {
      behaviours: wrapBehaviour('attester', (attester) => ({
        ...attester,
        handle(state, event, context) {
          (state as unknown as AttesterState).signsEveryFork = true;
          attester.handle(state, event, context);
        },
      })),
    },
  },
  {
    name: 'an ordered lane takes whatever comes for the next',
    caught: 'order',
    text: ORDERED,
    changes: {
      calls: wrapCall('receive', (receive) => (execution, given) => {
        const { lane, sequence } = relayed(given).packet;
        // The third is lost at first, and the fourth overtakes it.
        if (sequence === 3 && execution.block.height < 30) return { kind: 'rejected', gas: 0, reason: 'later' };
        if (nextReceive(execution, lane) < sequence) execution.set(laneKey.nextReceive(lane), sequence);
        return receive(execution, given);
      }),
    },
  },
  {
    name: 'a bucket is full again for each packet',
    caught: 'rate-limit',
    text: CONTROLLED,
    changes: {
      calls: wrapCall('receive', (receive) => (execution, given) => {
        execution.remove(bucketKey.level(relayed(given).packet.lane, 'destination'));
        return receive(execution, given);
      }),
    },
  },
  {
    name: 'relayers try a paused lane, and it executes what they bring',
    caught: 'pause',
    text: CONTROLLED,
    changes: {
      calls: (calls) => ({
        ...calls,
        // The pause is in the records, and in no state that anything asks.
        'pause-lane': (execution, given) => {
          const pause = calls['pause-lane'] as CallHandler;
          const outcome = pause(execution, given);
          execution.remove(pausedKey((given as { readonly lane: number }).lane));
          return outcome;
        },
      }),
    },
  },
  {
    name: 'a committee counts one signature as enough',
    caught: 'quorum-of-attestations',
    text: CALM,
    changes: {
      behaviours: wrapBehaviour('attester', (attester) => ({
        ...attester,
        handle(state, event, context) {
          (state as unknown as { threshold: number }).threshold = 1;
          attester.handle(state, event, context);
        },
      })),
    },
  },
  {
    // No node breaks its rules and no key is used twice: the rule itself is wrong.
    name: 'half of the power decides',
    caught: 'agreement',
    text: HALVES,
    changes: {
      behaviours: wrapBehaviour('bft-node', (node) => ({
        ...node,
        handle(state, event, context) {
          for (const { sets } of bftTable(context.world).values()) {
            for (const set of sets) (set as { quorum: number }).quorum = set.total / 2 - 1;
          }
          node.handle(state, event, context);
        },
      })),
    },
  },
  {
    name: 'relayers look on',
    caught: 'resolution',
    text: CALM,
    changes: { behaviours: wrapBehaviour('relayer', (relayer) => ({ ...relayer, handle: () => undefined })) },
  },
];

describe('mutants', () => {
  it.each([CALM, FORKS, ORDERED, HALVES, CONTROLLED, ROUTED, PAID])(
    'nothing is found without a mutant (scenario %#)',
    (text) => {
      expect(judged(text, {})).toEqual(new Map());
    },
  );

  it.each(mutants)('$name -> caught by $caught', ({ caught, text, changes }) => {
    expect([...judged(text, changes).keys()]).toContain(caught);
  });

  it('a refund lost on the way -> way-conservation is the one safety property that is broken', () => {
    const mutant = mutants.find(({ name }) => name.startsWith('a refund is lost'))!;
    expect([...judged(mutant.text, mutant.changes).keys()].filter((slug) => slug !== 'resolution')).toEqual([
      'way-conservation',
    ]);
  });

  it('half of the power decides -> agreement alone is broken, at heights of the partition', () => {
    const mutant = mutants.find(({ caught }) => caught === 'agreement')!;
    const { scenario } = loadScenario(mutant.text);
    const parts = createRunParts(builtInObservers, nobleHash, mutant.changes);
    const { violations } = simulate(scenario, { parts });
    expect(new Set(violations.map(({ property }) => property))).toEqual(new Set(['agreement']));
    expect(Math.min(...violations.map(({ timeUs }) => timeUs))).toBeGreaterThan(60_000_000);
  });
});
