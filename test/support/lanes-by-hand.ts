/** Two or three chains with a block a second and no gas price, verifiers that believe all, and calls made by hand. */
import { accountId, chainOf } from '../../models/chains/chain.ts';
import { readState, submit } from '../../models/chains/views.ts';
import { balanceKey } from '../../models/economy/ledger.ts';
import type { Packet } from '../../models/lanes/lane.ts';
import type { VerifierRule, VerifierTable } from '../../models/verifiers/verifier.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import type { Simulation } from '../../sim/kernel/simulation.ts';
import { buildWorld } from '../../sim/run/build/world.ts';
import { createRunParts, type PartChanges } from '../../sim/run/parts.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { builtInObservers, judgeOf } from '../../reports/results.ts';
import type { SeenRecord } from './small-world.ts';

export const SECOND = 1_000_000;

/** Where a proof was read: what the believing verifier takes for evidence. */
export interface Point {
  readonly height: number;
  readonly chainUs: number;
}

export interface LaneWorld {
  readonly simulation: Simulation;
  readonly seen: SeenRecord[];
  /** Makes a call on a chain and runs until it is in a block: `done`, or why it was refused or did nothing. */
  call(chain: string, action: string, given: unknown, account?: string): string;
  /** Several calls in one transaction. */
  callAll(chain: string, calls: readonly { readonly action: string; readonly arguments: unknown }[]): string;
  /** Sends a call to the other side and returns its packet. */
  send(lane?: number, fails?: boolean): Packet;
  /** Packets sent and not returned yet, oldest first. */
  sent(): Packet[];
  receive(packet: Packet): string;
  /** Executes what is verified. */
  execute(packet: Packet, account?: string): string;
  /** An act of who holds the key of a lane, on a packet. */
  dispose(act: string, lane: number, sequence: number, account?: string): string;
  acknowledge(packet: Packet, isSuccess?: boolean): string;
  timeOut(packet: Packet, at?: Partial<Point>): string;
  /** Runs on to an instant. */
  until(seconds: number): void;
  state(chain: string, key: string): unknown;
  balance(chain: string, account: string, asset: string): bigint;
  /** Names of the messages that are not at their end, oldest first. */
  messages(): string[];
  /** Slugs of the properties that found something so far. */
  found(): string[];
}

const believing: VerifierRule = {
  found: () => undefined,
  verify(execution, client, _claim, evidence) {
    const { height, chainUs } = chainOf(execution.context.world, client.counterparty).blocks.get(
      chainOf(execution.context.world, client.counterparty).head,
    ) ?? { height: 0, chainUs: 0 };
    const point = { height, chainUs, ...(evidence as Partial<Point> | undefined) };
    return { kind: 'accepted', gas: 0, block: -1, ...point };
  },
  gather: () => ({ kind: 'waiting', reason: 'by hand' }),
};

export function laneWorld(
  lanes: string,
  options: { chains?: string; changes?: PartChanges; rest?: string } = {},
): LaneWorld {
  const chain = (name: string): string =>
    `{ consensus: { kind: parametric }, block: 1s, asset: { name: ${name.toUpperCase()}, decimals: 0 }, gas: { price: 0 } }`;
  const names = (options.chains ?? 'a b').split(' ');
  const { scenario } = loadScenario(`
l0sim: 1
name: by-hand
horizon: 10h
chains:
${names.map((name) => `  ${name}: ${chain(name)}`).join('\n')}
lanes:
${lanes}
${options.rest ?? ''}
`);
  const parts = createRunParts(builtInObservers, nobleHash, {
    verifiers: (builtIn): VerifierTable => Object.fromEntries(Object.keys(builtIn).map((kind) => [kind, believing])),
    ...options.changes,
  });
  const seen: SeenRecord[] = [];
  const simulation = buildWorld(scenario, parts, [
    {
      onRecord: (place, definition, fields) =>
        seen.push({ name: definition.name, at: place.time, fields: { ...fields } }),
    },
  ]);
  const { world } = simulation;
  const id = (name: string): number => names.indexOf(name);
  const open: Packet[] = [];

  const run = (isOver: () => boolean): void => {
    while (!isOver()) if (!simulation.step()) throw new Error('the world ran dry');
  };
  const callAll: LaneWorld['callAll'] = (name, calls) => callBy(name, calls, 'somebody');
  const callBy = (
    name: string,
    calls: readonly { readonly action: string; readonly arguments: unknown }[],
    by: string,
  ): string => {
    const chainNow = chainOf(world, id(name));
    const from = seen.length;
    const blocks = new Set(chainNow.blocks.keys());
    const transaction = submit(simulation, chainNow, {
      account: accountId(chainNow, by),
      calls,
      gasLimit: 20_000_000,
    });
    const included = (): SeenRecord | undefined =>
      seen
        .slice(from)
        .find(
          (each) =>
            each.name === 'transaction-included' &&
            each.fields['chain'] === id(name) &&
            each.fields['transaction'] === transaction.id,
        );
    run(() => included() !== undefined);
    for (const [block, { logs }] of chainNow.blocks) {
      if (blocks.has(block)) continue;
      for (const entry of logs) if (entry.kind === 'packet-sent') open.push(entry.packet as Packet);
    }
    const row = included()?.fields;
    if (row?.['isReverted'] === true) return row['reason'] as string;
    const repeated = seen.slice(from).find((each) => each.name === 'packet-repeated');
    return repeated === undefined ? 'done' : `noop ${repeated.fields['reason'] as string}`;
  };
  const call: LaneWorld['call'] = (name, action, given, account = 'somebody') =>
    callBy(name, [{ action, arguments: given }], account);
  const side = (lane: number, end: 'from' | 'to'): string => Object.values(scenario.lanes)[lane]?.[end] ?? '';

  return {
    simulation,
    seen,
    call,
    callAll,
    send(lane = 0, fails = false) {
      const given = { lane, bytes: new Uint8Array(0), gas: 1, fails, message: -1 };
      const outcome = call(side(lane, 'from'), 'call', given);
      const packet = open.shift();
      if (packet === undefined) throw new Error(`nothing was sent: ${outcome}`);
      return packet;
    },
    sent: () => open.splice(0),
    receive: (packet) => call(side(packet.lane, 'to'), 'receive', { packet, evidence: undefined }),
    execute: (packet, account) =>
      call(side(packet.lane, 'to'), 'execute', { packet, evidence: undefined }, account ?? 'somebody'),
    dispose: (act, lane, sequence, account = 'operator/o') =>
      call(side(lane, 'to'), `${act}-packet`, { lane, sequence }, account),
    acknowledge: (packet, isSuccess = true) =>
      call(side(packet.lane, 'from'), 'acknowledge', { packet, isSuccess, evidence: undefined }),
    timeOut: (packet, at = {}) => call(side(packet.lane, 'from'), 'time-out', { packet, evidence: at }),
    until(seconds) {
      run(() => (simulation.nextEventTime() ?? Number.MAX_SAFE_INTEGER) > seconds * SECOND);
    },
    state: (name, key) => readState(chainOf(world, id(name)), chainOf(world, id(name)).head, key),
    balance: (name, account, asset) =>
      (readState(
        chainOf(world, id(name)),
        chainOf(world, id(name)).head,
        balanceKey(accountId(chainOf(world, id(name)), account), asset),
      ) ?? 0n) as bigint,
    messages: () => [...judgeOf(world.observers).messages.values()].map(({ name }) => name),
    found: () => [...new Set(judgeOf(world.observers).findings.map(({ property }) => property))],
  };
}
