/**
 * A client that holds proven heads of a chain: each of its roots came with a proof that the chain, final at a head that
 * the client holds, went on to the next. It believes what the validators of that chain signed, as far as the circuit says
 * what it should, and whoever may replace the circuit.
 * @source sp1-helios@main contracts/src/SP1Helios.sol: head, headers by slot, a verification key that a guardian replaces;
 * cosmos/solidity-ibc-eureka@cae7e128 light-clients/sp1-ics07.
 */
import { bytesEqual } from '../../sim/base/bytes.ts';
import { START } from '../../sim/base/units.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Block, blockAtHeight, type Chain, chainClock, chainOf } from '../chains/chain.ts';
import { accountId } from '../chains/chain.ts';
import type { CallOutcome, CallTable, Execution } from '../chains/execution.ts';
import { finalBlock } from '../chains/reading.ts';
import { balanceOf, moveAsset } from '../economy/ledger.ts';
import { keysOf } from '../keys/key-room.ts';
import { verify } from '../keys/keys.ts';
import type { ConsensusState } from '../proofs/light-client.ts';
import { DIGEST_BYTES } from '../proofs/proof-mode.ts';
import { clientUpdated, proofAccepted } from '../records.ts';
import {
  blockWithHeader,
  checkClaim,
  clientKey,
  holdsAfter,
  isProvable,
  makeStateEvidence,
  type Read,
  readerAt,
  readerOf,
  readStateEvidence,
  schemeOf,
} from './client-store.ts';
import { consensusAt, heightsOf } from './light-client-state.ts';
import { gatherForged } from './forged-roots.ts';
import { type ProgramParameters, programOf } from './program-key.ts';
import { askForProof, proofRequestsOf } from './proof-requests.ts';
import { type ProvenRange, rangeBytes, readProofCall } from './proven-range.ts';
import { type CarrierView, type Claim, type Client, clientsOf, type Evidence, type VerifierRule } from './verifier.ts';

export interface ValidityParameters extends ProgramParameters {
  /** Gas of one proof, however many were folded into it. */
  readonly verificationGas: number;
  /** Base units of the gas asset of the host that each accepted range pays to who brought it. */
  readonly price: bigint;
  /** How long a head counts, by the time that it bears; for ever where there is none. */
  readonly trustingPeriodUs?: number;
  /** How far a head may be ahead of the host's clock; however far where there is none. */
  readonly clockDriftUs?: number;
}

/** What a carrier waits for until the head that it needs is proven. */
export const PROOF = 'proof';
/** What a forger waits for. */
export const TIMELOCK = 'timelock';

/** Gas to keep a root, and of a state proof under one. @source EIP-2929: a fresh slot costs 20 000 + 2 100. */
export const VALIDITY_GAS = { root: 22_100, proof: 25_000 };

/** Roots kept at once, as light clients keep them. */
const HEIGHTS_KEPT = 128;

/** Who pays for proofs. */
export function sponsorAccount(client: number): string {
  return `sponsor/${client}`;
}

export const validityProof: VerifierRule = {
  // MODEL: the first head is genesis, which nobody has to prove.
  found(execution, client) {
    const counterparty = chainOf(execution.context.world, client.counterparty);
    const genesis: ConsensusState = Object.freeze({
      height: 0,
      chainUs: chainClock(counterparty, START),
      headerHash: genesisHash(),
      stateRoot: new Uint8Array(DIGEST_BYTES),
      nextValidatorsHash: new Uint8Array(0),
    });
    execution.set(clientKey.consensus(client.id, 0), genesis);
    execution.set(clientKey.heights(client.id), Object.freeze([0]));
    execution.set(clientKey.latest(client.id), 0);
  },

  verify(execution, client, claim, evidence) {
    const gas = VALIDITY_GAS.proof;
    const offered = readStateEvidence(evidence);
    if (offered === undefined) return { kind: 'rejected', gas, reason: 'evidence-malformed' };
    const proven = consensusAt(readerOf(execution), client.id, offered.height);
    if (proven === undefined || proven.height === 0) return { kind: 'rejected', gas, reason: 'root-unknown' };
    if (isExpired(readerOf(execution), client, execution.block.chainUs)) {
      return { kind: 'rejected', gas, reason: 'client-expired' };
    }
    const verdict = checkClaim(proven.stateRoot, claim, offered.proof, schemeOf(execution));
    if (verdict.kind === 'rejected') return { kind: 'rejected', gas, reason: verdict.reason };
    const counterparty = chainOf(execution.context.world, client.counterparty);
    const block = blockWithHeader(counterparty, proven.height, proven.headerHash);
    return { kind: 'accepted', gas, height: proven.height, chainUs: proven.chainUs, block };
  },

  gather,
};

/** Whether the newest head has outlived its trust: nothing is proven under it, and nothing from it. */
function isExpired(read: Read, client: Client, nowUs: number): boolean {
  const { trustingPeriodUs } = client.parameters as ValidityParameters;
  if (trustingPeriodUs === undefined) return false;
  const latest = consensusAt(read, client.id, read(clientKey.latest(client.id)) as number);
  return latest !== undefined && latest.chainUs + trustingPeriodUs <= nowUs;
}

export function genesisHash(): Uint8Array {
  return new Uint8Array(DIGEST_BYTES);
}

function gather(context: Context, client: Client, claim: Claim, view: CarrierView): Evidence {
  const source = chainOf(context.world, client.counterparty);
  const host = chainOf(context.world, client.host);
  const head = source.blocks.get(view.counterpartyHead);
  const hostHead = host.blocks.get(view.hostHead);
  if (head === undefined || hostHead === undefined) return waiting('view');
  const read = readerAt(host, hostHead.id);
  if (!holdsAfter(source, head, claim)) {
    const forged = gatherForged(context, client, claim, { read, chainUs: hostHead.chainUs }, TIMELOCK);
    return forged ?? { kind: 'untrue' };
  }
  if (isExpired(read, client, hostHead.chainUs)) return waiting('client-expired');
  let isOther = false;
  for (const height of [...heightsOf(read, client.id)].reverse()) {
    const block = height === 0 ? undefined : blockAtHeight(source, head.id, height);
    if (block === undefined) continue;
    const proven = consensusAt(read, client.id, height);
    if (proven === undefined || !bytesEqual(proven.headerHash, block.seal.headerHash)) {
      // A false root, or one of a branch that lost, proves nothing: those below it may.
      isOther = true;
      continue;
    }
    if (!isLateEnough(claim, block)) break;
    if (!isProvable(source, block, claim)) continue;
    const evidence = makeStateEvidence(context, source, block, '', claim);
    return {
      kind: 'ready',
      evidence,
      updates: [],
      point: { height: block.height, chainUs: block.chainUs, block: block.id },
    };
  }
  ask(context, client, claim, source, head);
  return waiting(isOther ? 'client-on-another-branch' : PROOF);
}

/** Asks for a proof of the newest final block, unless one that will do is asked for already. */
function ask(context: Context, client: Client, claim: Claim, source: Chain, head: Block): void {
  const request = proofRequestsOf(context.world).get(client.id);
  if (request === undefined) return;
  const serves = (block: Block | undefined): boolean =>
    block !== undefined && isLateEnough(claim, block) && isProvable(source, block, claim);
  const final = finalBlock(source, head.id, client.depth, client.tag);
  if (final === undefined || !serves(final) || serves(blockAtHeight(source, head.id, request.height))) return;
  askForProof(context, client.id, final.height);
}

/** Whether an absence is late enough at a block. */
function isLateEnough({ due }: Claim, block: Block): boolean {
  if (due === undefined) return true;
  return (due.chainUs > 0 && block.chainUs >= due.chainUs) || (due.height > 0 && block.height >= due.height);
}

function waiting(reason: string): Evidence {
  return { kind: 'waiting', reason };
}

/** Calls of clients of this kind. */
export const validityCalls = { 'submit-proof': submitProof } as const satisfies CallTable;

/** Takes the heads that a proof is about, in order. One verification, whatever was folded into it. */
function submitProof(execution: Execution, given: unknown): CallOutcome {
  const call = readProofCall(given);
  if (call === undefined) return { kind: 'rejected', gas: VALIDITY_GAS.root, reason: 'proof-malformed' };
  const found = call.parts.map(({ range }) => clientFor(execution, range.client));
  const known = found.filter((client) => client !== undefined);
  const verifications = known.map(({ parameters }) => (parameters as ValidityParameters).verificationGas);
  const gas = Math.max(VALIDITY_GAS.root, ...verifications) + VALIDITY_GAS.root * call.parts.length;
  let accepted = 0;
  for (const [i, { range, proof }] of call.parts.entries()) {
    const client = found[i];
    if (client === undefined) return { kind: 'rejected', gas, reason: 'unknown-client' };
    const refusal = refuse(execution, client, range, proof);
    if (refusal === 'root-known') continue;
    if (refusal !== undefined) return { kind: 'rejected', gas, reason: refusal };
    accept(execution, client, range, { gas, parts: call.parts.length });
    accepted++;
  }
  return accepted === 0 ? { kind: 'noop', gas, reason: 'root-known' } : { kind: 'done', gas };
}

function clientFor({ context, chain }: Execution, id: number): Client | undefined {
  const client = clientsOf(context.world)[id];
  return client?.kind === 'validity-proof' && client.host === chain.id ? client : undefined;
}

function refuse(execution: Execution, client: Client, range: ProvenRange, proof: Uint8Array): string | undefined {
  const { from, to } = range;
  const { context, chain } = execution;
  const read = readerOf(execution);
  const same = consensusAt(read, client.id, to.height);
  if (same !== undefined) return bytesEqual(same.headerHash, to.headerHash) ? 'root-known' : 'root-conflicts';
  const start = consensusAt(read, client.id, from.height);
  if (start === undefined || !bytesEqual(start.headerHash, from.headerHash)) return 'start-unknown';
  if (to.height <= from.height) return 'range-empty';
  const { price, trustingPeriodUs, clockDriftUs } = client.parameters as ValidityParameters;
  const nowUs = execution.block.chainUs;
  if (trustingPeriodUs !== undefined && start.chainUs + trustingPeriodUs <= nowUs) return 'client-expired';
  if (clockDriftUs !== undefined && to.chainUs > nowUs + clockDriftUs) return 'head-in-the-future';
  const message = rangeBytes(context.hash, chain.mode, client, range);
  if (!verify(keysOf(context.world), programOf(read, client, nowUs), message, proof, context.hash))
    return 'proof-invalid';
  const sponsor = accountId(chain, sponsorAccount(client.id));
  return balanceOf(execution, sponsor, chain.feeAsset) < price ? 'sponsor-empty' : undefined;
}

function accept(
  execution: Execution,
  client: Client,
  { from, to }: ProvenRange,
  { gas, parts }: { readonly gas: number; readonly parts: number },
): void {
  const { chain, block, account, context } = execution;
  const { price } = client.parameters as ValidityParameters;
  if (price > 0n) {
    const sponsor = accountId(chain, sponsorAccount(client.id));
    moveAsset(execution, { asset: chain.feeAsset, from: sponsor, to: account, amount: price, why: 'proof' });
  }
  const { height, chainUs, headerHash, stateRoot } = to;
  const state: ConsensusState = { height, chainUs, headerHash, stateRoot, nextValidatorsHash: new Uint8Array(0) };
  execution.set(clientKey.consensus(client.id, height), Object.freeze(state));
  const known = heightsOf(readerOf(execution), client.id);
  const heights = [...known.filter((each) => each < height), height, ...known.filter((each) => each > height)];
  while (heights.length > HEIGHTS_KEPT) execution.remove(clientKey.consensus(client.id, heights.shift() as number));
  execution.set(clientKey.heights(client.id), Object.freeze(heights));
  execution.set(clientKey.latest(client.id), heights.at(-1) as number);
  const counterparty = chainOf(context.world, client.counterparty);
  execution.fact(clientUpdated, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    height,
    headerBlock: blockWithHeader(counterparty, height, headerHash),
    headerRoot: stateRoot,
  });
  execution.fact(proofAccepted, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    fromHeight: from.height,
    height,
    parts,
    gas,
    price,
    account,
  });
}
