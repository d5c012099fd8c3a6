/** The multi-hop trace of ICS 20, as its own model checker gives it: banks, packets and acknowledgements after each action. */
import { expect, it } from 'vitest';
import type { Packet } from '../../models/lanes/lane.ts';
import { moveAsset } from '../../models/economy/ledger.ts';
import { accountId } from '../../models/chains/chain.ts';
import { type LaneWorld, laneWorld } from '../support/lanes-by-hand.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

interface Trace {
  readonly steps: readonly {
    readonly action: string;
    readonly state: Readonly<Record<string, ChainState>>;
  }[];
}

interface ChainState {
  readonly bank: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly out: number;
  readonly acks: number;
}

const CHAINS = ['A', 'B', 'C'];
/** Pairs of lanes; the path of both is named as the first. */
const LANES = ['A-B', 'B-A', 'B-C', 'C-B', 'C-A', 'A-C'];
const USERS = ['alice', 'bob', 'charlie', 'darwin'];
const lane = (from: string, to: string): string =>
  `  ${from}-${to}: { from: ${from}, to: ${to}, timeout: 10h, verifier: { kind: committee } }`;
const pathOf = (at: string, other: string): string =>
  ['A-B', 'B-C', 'C-A'].find((path) => path === `${at}-${other}` || path === `${other}-${at}`) ?? '';

/** The trace's name of a denomination on a chain, as ours: a channel is a path, seen from one end. */
function ours(chain: string, denomination: string): string {
  const [, other, rest] = /^transfer\/channelTo([ABC])\/(.*)$/.exec(denomination) ?? [];
  if (other === undefined || rest === undefined) return denomination;
  return `${pathOf(chain, other)}/${ours(other, rest)}`;
}

/** Every denomination that the trace speaks of on any chain. */
function denominations(trace: Trace): Map<string, Set<string>> {
  const all = new Map(CHAINS.map((chain) => [chain, new Set<string>()]));
  for (const { state } of trace.steps) {
    for (const [chain, { bank }] of Object.entries(state)) {
      for (const held of Object.values(bank)) for (const name of Object.keys(held)) all.get(chain)?.add(name);
    }
  }
  return all;
}

function stateOf(
  world: LaneWorld,
  packets: readonly Packet[],
  known: Map<string, Set<string>>,
): Trace['steps'][number]['state'] {
  const out: Record<string, ChainState> = {};
  for (const chain of CHAINS) {
    const bank: Record<string, Record<string, number>> = {};
    for (const denomination of known.get(chain) ?? []) {
      const asset = ours(chain, denomination);
      for (const user of USERS) {
        const amount = Number(world.balance(chain, user, asset));
        if (amount > 0) (bank[user] ??= {})[denomination] = amount;
      }
      // One escrow account a chain in the trace, one a path and chain here.
      const escrowed = CHAINS.filter((other) => other !== chain)
        .map((other) => Number(world.balance(chain, `escrow/${pathOf(chain, other)}`, asset)))
        .reduce((a, b) => a + b, 0);
      if (escrowed > 0) (bank['escrow_account'] ??= {})[denomination] = escrowed;
    }
    const own = packets.filter((packet) => LANES[packet.lane]?.startsWith(chain));
    const isOpen = ({ lane: id, sequence }: Packet): boolean =>
      world.state(chain, `lanes/${id}/commitments/${sequence}`) !== undefined;
    const isReceived = ({ lane: id, sequence }: Packet): boolean =>
      world.state(LANES[id]?.slice(2) ?? '', `lanes/${id}/receipts/${sequence}`) !== undefined;
    const open = own.filter(isOpen);
    out[chain] = {
      bank,
      out: open.filter((packet) => !isReceived(packet)).length,
      acks: open.filter(isReceived).length,
    };
  }
  return out;
}

/** The trace counts an acknowledgement where it was written, or where it will be proven: either end is accepted nowhere. */
function laneWorldOfTrace(): LaneWorld {
  return laneWorld(LANES.map((name) => lane(name.slice(0, 1), name.slice(2))).join('\n'), {
    chains: CHAINS.join(' '),
    changes: {
      calls: (builtIn) => ({
        ...builtIn,
        fund: (execution) => {
          const to = accountId(execution.chain, 'alice');
          moveAsset(execution, { asset: 'atom', from: -1, to, amount: 100n, why: 'genesis' });
          return { kind: 'done', gas: 0 };
        },
      }),
    },
  });
}

describeWithVectors('token transfer over three chains', () => {
  const trace = vectors<Trace>('ics20_multihop_trace.json');
  const known = denominations(trace);

  it('reproduces the trace of ICS 20: every balance, packet and acknowledgement after every action', () => {
    const world = laneWorldOfTrace();
    const packets: Packet[] = [];
    const done: string[] = [];
    for (const { action, state } of trace.steps) {
      const send = /^send (\d+) (\w)->(\w) (\w+) to (\w+)$/.exec(action);
      const receive = /^receive (\w)->(\w)$/.exec(action);
      const last = packets.at(-1);
      if (action === 'init') world.call('A', 'fund', {});
      else if (send !== null) {
        const [, amount = '', from = '', to = '', sender = '', receiver = ''] = send;
        const [denomination] = Object.keys(before(trace, action)[from]?.bank[sender] ?? {}).filter((name) =>
          leaves(trace, action, from, sender, name),
        );
        const asset = ours(from, denomination ?? '');
        const given = { lane: LANES.indexOf(`${from}-${to}`), asset, amount: BigInt(amount), receiver, message: -1 };
        expect(`${action}: ${world.call(from, 'transfer', given, sender)}`).toBe(`${action}: done`);
        packets.push(...world.sent());
      } else if (last !== undefined) {
        expect(`${action}: ${receive === null ? world.acknowledge(last) : world.receive(last)}`).toBe(
          `${action}: done`,
        );
      }
      expect({ action, state: stateOf(world, packets, known) }).toEqual({ action, state: complete(state) });
      done.push(action);
    }
    expect(done).toHaveLength(19);
    expect(world.found()).toEqual([]);
  });

  function complete(state: Trace['steps'][number]['state']): Trace['steps'][number]['state'] {
    const empty: ChainState = { bank: {}, out: 0, acks: 0 };
    return Object.fromEntries(CHAINS.map((chain) => [chain, state[chain] ?? empty]));
  }
});

function before(trace: Trace, action: string): Trace['steps'][number]['state'] {
  return trace.steps[trace.steps.findIndex((step) => step.action === action) - 1]?.state ?? {};
}

/** Whether the sender has less of it after the action: the trace names amounts, and no denominations, of what is sent. */
function leaves(trace: Trace, action: string, chain: string, sender: string, denomination: string): boolean {
  const held = (state: Trace['steps'][number]['state'] | undefined): number =>
    state?.[chain]?.bank[sender]?.[denomination] ?? 0;
  const after = trace.steps.find((step) => step.action === action)?.state;
  return held(after) < held(before(trace, action));
}
