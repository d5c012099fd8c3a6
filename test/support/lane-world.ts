/**
 * Two chains whose blocks the test makes by hand, to the microsecond, and one lane between them that believes two
 * signatures of three: real executor, real packet machine, real contract state, real signatures.
 */
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { createRemoteCall, remoteCall } from '../../models/applications/remote-call.ts';
import { createTransferThrough } from '../../models/applications/forwarding.ts';
import { createTransferAndCall } from '../../models/applications/transfer-and-call.ts';
import { createDisposal } from '../../models/lanes/disposal.ts';
import { createOpening } from '../../models/lanes/opening.ts';
import { createTransfer, escrowAccount, tokenTransfer, voucherOf } from '../../models/applications/token-transfer.ts';
import { accountId, type Block, blockOf, type Chain } from '../../models/chains/chain.ts';
import { type CallTable, createExecutor } from '../../models/chains/execution.ts';
import { foundChain, makeGenesis } from '../../models/chains/founding.ts';
import type { Call } from '../../models/chains/mempool.ts';
import { makeBlock, moveReference, readState, submit } from '../../models/chains/views.ts';
import { limiters } from '../../models/controls/limiters.ts';
import { pauses } from '../../models/controls/pauses.ts';
import { balanceKey, moveAsset } from '../../models/economy/ledger.ts';
import { keysOf } from '../../models/keys/key-room.ts';
import { createKey, sign } from '../../models/keys/keys.ts';
import { acknowledgementValue, packetCommitmentOf } from '../../models/lanes/commitments.ts';
import { administration } from '../../models/lanes/administration.ts';
import { createPacketReader } from '../../models/lanes/claimed-packets.ts';
import { forgetSettled } from '../../models/lanes/forgetting.ts';
import { type Lane, lanesOf, type Packet } from '../../models/lanes/lane.ts';
import { orderings } from '../../models/lanes/orderings.ts';
import {
  absenceClaim,
  acknowledgementClaim,
  commitmentClaim,
  type LaneParts,
  type RelayArguments,
} from '../../models/lanes/packet-calls.ts';
import { createPacketMachine } from '../../models/lanes/packet-machine.ts';
import { addNetwork } from '../../models/network/network.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import { clientCalls } from '../../models/verifiers/client-calls.ts';
import { committee, type CommitteeEvidence } from '../../models/verifiers/committee.ts';
import { createRoute } from '../../models/verifiers/route.ts';
import { statementBytes } from '../../models/verifiers/statement.ts';
import { type Claim, type Client, clientOf, clientsOf, type VerifierTable } from '../../models/verifiers/verifier.ts';
import { type SeenRecord, type SmallWorld, smallWorld } from './small-world.ts';

export const GAS_PRICE = 2n;
export const FORTUNE = 1_000_000_000n;
const GAS_LIMIT = 2_000_000;

export interface LaneWorld {
  readonly small: SmallWorld;
  readonly source: Chain;
  readonly destination: Chain;
  readonly lane: Lane;
  /** Makes a block of `chain` at `chainUs` with one transaction for each list of calls, and tells what came of them. */
  block(chain: Chain, chainUs: number, ...transactions: readonly (readonly Call[])[]): MadeBlock;
}

export interface MadeBlock {
  readonly block: Block;
  /** `done`, or the reason for which the transaction was reverted. */
  readonly outcomes: readonly string[];
  readonly gas: readonly number[];
  readonly facts: readonly SeenRecord[];
}

export interface LaneWorldOptions {
  readonly mode?: ProofMode;
  readonly lane?: Partial<Lane>;
  /** Kind of the destination's client: `route` takes the packet apart before it asks the committee. */
  readonly verifier?: 'committee' | 'route';
  readonly parts?: (builtIn: LaneParts) => LaneParts;
  readonly settleDepth?: number;
}

export function laneWorld(options: LaneWorldOptions = {}): LaneWorld {
  const mode = options.mode ?? 'modelled';
  const small = smallWorld({ mode });
  const { simulation } = small;
  const applications = { 'token-transfer': tokenTransfer, 'remote-call': remoteCall };
  const verifiers: VerifierTable = {
    committee,
    route: createRoute(() => verifiers, createPacketReader(applications)),
  };
  const builtIn: LaneParts = { verifiers, applications, limiters, pauses, orderings };
  const machine = createPacketMachine(options.parts?.(builtIn) ?? builtIn);
  const calls: CallTable = {
    ...machine.calls,
    transfer: createTransfer(machine.send),
    call: createRemoteCall(machine.send),
    'transfer-through': createTransferThrough(machine.send),
    'transfer-and-call': createTransferAndCall(machine.send),
    'open-step': createOpening(verifiers),
    ...createDisposal(machine.calls.execute),
    ...administration,
    ...clientCalls,
  };
  const executor = createExecutor(calls, [forgetSettled]);
  const [source, destination] = ['home', 'away'].map((name) => found(small, name, options.settleDepth ?? 0));
  if (source === undefined || destination === undefined) throw new Error('two chains');
  addClients(small, options.verifier ?? 'committee');
  const lane: Lane = {
    id: 0,
    name: 'home-away',
    source: source.id,
    destination: destination.id,
    reverse: -1,
    path: 'home-away',
    destinationClient: 0,
    sourceClient: 1,
    timeoutUs: 0,
    timeoutBlocks: 0,
    inFlightMax: 0,
    acknowledges: true,
    ordering: 'unordered',
    limiter: 'unlimited',
    pause: 'never',
    boundUs: 0,
    ...options.lane,
  };
  lanesOf(simulation.world).push(lane);
  for (const chain of [source, destination]) {
    makeGenesis(simulation, chain, (execution) => {
      for (const name of ['user', 'relayer']) {
        const to = accountId(chain, name);
        moveAsset(execution, { asset: 'GAS', from: -1, to, amount: FORTUNE, why: 'genesis' });
        if (chain === source) {
          moveAsset(execution, { asset: 'TOK', from: -1, to, amount: FORTUNE, why: 'genesis' });
        }
      }
    });
  }
  return {
    small,
    source,
    destination,
    lane,
    block(chain, chainUs, ...transactions) {
      const from = small.seen.length;
      const parent = chain.head;
      const ids = transactions.map((each) => {
        const isUser = each.every(({ action }) => action === 'transfer' || action === 'call');
        const account = accountId(chain, isUser ? 'user' : 'relayer');
        return submit(simulation, chain, { account, calls: each, gasLimit: GAS_LIMIT }).id;
      });
      const block = makeBlock(simulation, chain, { parent, proposer: 0, transactions: ids, work: 1, chainUs });
      executor.execute(simulation, chain, block);
      moveReference(simulation, chain, block.id);
      const facts = small.seen.slice(from);
      const included = facts.filter(({ name }) => name === 'transaction-included').map(({ fields }) => fields);
      return {
        block,
        outcomes: included.map(({ isReverted, reason }) => (isReverted === true ? String(reason) : 'done')),
        gas: included.map(({ gas }) => gas as number),
        facts,
      };
    },
  };
}

function found(small: SmallWorld, name: string, settleDepth: number): Chain {
  const { simulation, mode } = small;
  const network = addNetwork(simulation, { name, latency: { kind: 'constant', value: 1 } });
  return foundChain(simulation.world, {
    name,
    consensus: 'by-hand',
    mode,
    network: network.id,
    clock: { offsetUs: 0, driftPpm: 0 },
    settleDepth,
    keepBlocks: 200,
    rootLag: 0,
    unbondingUs: 1,
    blockTimeUs: 1,
    feeAsset: 'GAS',
    gasPrice: GAS_PRICE,
    gasLimit: 100_000_000,
  });
}

/** Client 0 on the destination and client 1 on the source, each of a committee of its own; client 2 is what a route asks. */
function addClients({ simulation }: SmallWorld, kind: 'committee' | 'route'): void {
  const { world } = simulation;
  const clients = clientsOf(world);
  for (const [id, host] of [1, 0, 1].entries()) {
    const keys = [0, 1, 2].map((member) =>
      createKey(keysOf(world), `committee/${id}/${member}`, ['signer'], nobleHash),
    );
    const isRoute = kind === 'route' && id === 0;
    clients.push({
      id,
      kind: isRoute ? 'route' : 'committee',
      host,
      counterparty: 1 - host,
      depth: 0,
      parameters: isRoute
        ? { parts: [{ name: 'all', client: 2 }] }
        : { committee: id, threshold: 2, keys: Object.freeze(keys) },
    });
  }
}

/** What members of a client's committee sign for a claim that they read at a height and time of the other chain. */
export function signed(
  { small }: LaneWorld,
  clientId: number,
  claim: Claim,
  at: { readonly height: number; readonly chainUs: number },
  members: readonly number[] = [0, 1],
): CommitteeEvidence {
  const { world } = small.simulation;
  const client: Client = clientOf(world, clientId);
  const { keys } = client.parameters as { readonly keys: readonly number[] };
  const message = statementBytes(nobleHash, small.mode, client, claim, at);
  const signatures = members.map((member) => ({
    member,
    signature: sign(keysOf(world), { key: keys[member] ?? -1, process: 'signer' }, message, nobleHash),
  }));
  return { ...at, block: -1, signatures };
}

const ANY_POINT = { height: 1, chainUs: 1 };

export function receiveCall(test: LaneWorld, packet: Packet, at = ANY_POINT): Call {
  const { lane, small } = test;
  const claim = commitmentClaim(lane, packet, packetCommitmentOf(nobleHash, small.mode, lane, packet));
  // A route asks client 2, and wraps its evidence.
  const isRouted = clientOf(small.simulation.world, lane.destinationClient).kind === 'route';
  const own = signed(test, isRouted ? 2 : lane.destinationClient, claim, at);
  const evidence = isRouted ? { evidence: own } : own;
  return { action: 'receive', arguments: { packet, isSuccess: true, evidence } satisfies RelayArguments };
}

export function acknowledgeCall(test: LaneWorld, packet: Packet, isSuccess: boolean, at = ANY_POINT): Call {
  const { lane, small } = test;
  const claim = acknowledgementClaim(lane, packet, acknowledgementValue(nobleHash, small.mode, isSuccess, packet));
  const evidence = signed(test, lane.sourceClient, claim, at);
  return { action: 'acknowledge', arguments: { packet, isSuccess, evidence } satisfies RelayArguments };
}

export function timeOutCall(
  test: LaneWorld,
  packet: Packet,
  at: { readonly height: number; readonly chainUs: number },
): Call {
  const evidence = signed(test, test.lane.sourceClient, absenceClaim(test.lane, packet), at);
  return { action: 'time-out', arguments: { packet, isSuccess: false, evidence } satisfies RelayArguments };
}

export function transferCall(message: number, amount: bigint, receiver = 'user'): Call {
  return { action: 'transfer', arguments: Object.freeze({ lane: 0, asset: 'TOK', amount, receiver, message }) };
}

export function remoteCallCall(message: number, fails: boolean): Call {
  const bytes = Uint8Array.of(1, 2, 3);
  return { action: 'call', arguments: Object.freeze({ lane: 0, bytes, gas: 50_000, fails, message }) };
}

/** The packets that a block sent. */
export function packetsOf({ block }: MadeBlock): Packet[] {
  return block.logs.filter(({ kind }) => kind === 'packet-sent').map(({ packet }) => packet as Packet);
}

/** Sends one packet in a source block at `chainUs`. */
export function sendOne(test: LaneWorld, chainUs: number, call: Call = transferCall(0, 500n)): Packet {
  const made = test.block(test.source, chainUs, [call]);
  const [packet] = packetsOf(made);
  if (packet === undefined) throw new Error(`nothing was sent: ${made.outcomes.join()}`);
  return packet;
}

/** Balances that a transfer touches: of its sender, in escrow, and of its receiver. */
export function holdings({ source, destination, lane }: LaneWorld): Record<'sender' | 'escrow' | 'receiver', bigint> {
  const read = (chain: Chain, account: string, asset: string): bigint =>
    (readState(chain, chain.head, balanceKey(accountId(chain, account), asset)) ?? 0n) as bigint;
  return {
    sender: read(source, 'user', 'TOK'),
    escrow: read(source, escrowAccount(lane.path), 'TOK'),
    receiver: read(destination, 'user', voucherOf(lane.path, 'TOK')),
  };
}

export function heightOf(chain: Chain): number {
  return blockOf(chain, chain.head).height;
}

/** Facts of one kind in a block. */
export function factsOf({ facts }: MadeBlock, name: string): Readonly<Record<string, unknown>>[] {
  return facts.filter((fact) => fact.name === name).map(({ fields }) => fields);
}
