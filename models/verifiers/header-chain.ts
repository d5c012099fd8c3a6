/**
 * A client of a proof-of-work chain: keeps its headers, and believes claims under those with `depth` headers on top. A reorg
 * of the source within that depth does no harm; a deeper one is the attack.
 * @source Nakamoto 2008, section 8; BTC Relay, github.com/ethereum/btcrelay.
 */
import { bytesEqual, fromHex, toHex } from '../../sim/base/bytes.ts';
import { START } from '../../sim/base/units.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Block, blockAtHeight, blockOf, type Chain, chainClock, chainOf, provenBlock } from '../chains/chain.ts';
import type { CallOutcome, Execution } from '../chains/execution.ts';
import type { Call } from '../chains/mempool.ts';
import { finalBlock } from '../chains/reading.ts';
import type { SealBlock } from '../chains/sealing.ts';
import { keysOf } from '../keys/key-room.ts';
import { createKey, type KeyId } from '../keys/keys.ts';
import { type Header, headerHash } from '../proofs/header.ts';
import {
  bestHeaderAt,
  checkReadable,
  type HeaderChainParameters,
  type HeaderChainState,
  type HeaderStore,
  type KeptHeader,
  type MinedHeader,
  sealHeader,
  startHeaderChain,
  submitHeader,
} from '../proofs/header-chain-client.ts';
import { DIGEST_BYTES } from '../proofs/proof-mode.ts';
import { rootOf } from '../proofs/state-tree.ts';
import { clientUpdated } from '../records.ts';
import {
  blockWithHeader,
  checkClaim,
  clientKey,
  holdsAfter,
  isProvable,
  isRecord,
  makeStateEvidence,
  type Read,
  readerAt,
  readerOf,
  readStateEvidence,
  schemeOf,
} from './client-store.ts';
import { isHeader } from './light-client-updates.ts';
import type { CarrierView, Claim, Client, Evidence, VerifierRule, VerifierVerdict } from './verifier.ts';

/** Gas of one header and of one proof. @source BTC Relay, storeBlockHeader: some 30 k a header in bulk. */
export const HEADER_CHAIN_GAS = { header: 30_000, proof: 25_000 };

/** Headers kept below the tip, beyond the depth: how late a proof may come, and how deep a reorg may be followed. */
const WINDOW_BEYOND = 144;
/** Headers in one call. */
const HEADERS_A_CALL = 20;

/** What a sealed proof-of-work block carries. Frozen. */
export function minedHeaderOf(block: Block): MinedHeader | undefined {
  return (block.seal.evidence ?? undefined) as MinedHeader | undefined;
}

/** Key of a chain's mining authority, made at first use. */
export function miningKeyOf(context: Context, chain: Chain): KeyId {
  const keys = keysOf(context.world);
  const name = `chain/${chain.name}/mining`;
  return keys.byName.get(name) ?? createKey(keys, name, [miningProcess(chain)], context.hash);
}

function miningProcess(chain: Chain): string {
  return `${chain.name}/mining`;
}

/** Puts header and seal on an executed block of a proof-of-work chain. */
export const sealProofOfWork: SealBlock = (context, chain, block) => {
  const scheme = { mode: chain.mode, hash: context.hash };
  const parent = blockOf(chain, block.parent);
  const header: Header = Object.freeze({
    ...genesisHeader(chain),
    height: block.height,
    chainUs: block.chainUs,
    parentHash: parent.height === 0 ? genesisHash(context, chain) : parent.seal.headerHash,
    stateRoot: rootOf(chain.state, provenBlock(chain, block).version, context.hash),
    proposer: block.proposer,
  });
  const work = block.work - parent.work;
  const signer = { keys: keysOf(context.world), key: miningKeyOf(context, chain), process: miningProcess(chain) };
  const seal = sealHeader({ header, work }, signer, scheme);
  block.seal.headerHash = headerHash(header, chain.mode, context.hash);
  const mined: MinedHeader = { header, work, seal };
  block.seal.evidence = Object.freeze(mined);
};

// MODEL: the genesis header names no state: a client is founded before every genesis balance is known. Nothing is proven
// under it.
function genesisHeader(chain: Chain): Header {
  return {
    chain: chain.id,
    revision: 0,
    height: 0,
    chainUs: chainClock(chain, START),
    parentHash: new Uint8Array(DIGEST_BYTES),
    stateRoot: new Uint8Array(DIGEST_BYTES),
    validatorsHash: new Uint8Array(0),
    nextValidatorsHash: new Uint8Array(0),
    proposer: 0,
  };
}

function genesisHash(context: Context, chain: Chain): Uint8Array {
  return headerHash(genesisHeader(chain), chain.mode, context.hash);
}

function parametersOf(context: Context, client: Client, counterparty: Chain): HeaderChainParameters {
  return {
    chain: counterparty.id,
    revision: 0,
    depth: client.depth,
    window: client.depth + WINDOW_BEYOND,
    workMin: 1,
    miningKey: miningKeyOf(context, counterparty),
  };
}

function storeOf(read: Read, client: number): HeaderStore {
  return {
    header: (id) => read(clientKey.header(client, id)) as KeptHeader | undefined,
    idsAt: (height) => (read(clientKey.headersAt(client, height)) ?? []) as readonly string[],
  };
}

function stateOf(read: Read, client: number): HeaderChainState {
  return read(clientKey.state(client)) as HeaderChainState;
}

export const headerChain: VerifierRule = {
  found(execution, client) {
    const counterparty = chainOf(execution.context.world, client.counterparty);
    const { state, kept } = startHeaderChain(genesisHeader(counterparty), schemeOf(execution));
    keep(execution, client, kept);
    execution.set(clientKey.state(client.id), Object.freeze({ ...state }));
    execution.set(clientKey.latest(client.id), 0);
  },

  verify(execution, client, claim, evidence): VerifierVerdict {
    const { context } = execution;
    const gas = HEADER_CHAIN_GAS.proof;
    const offered = readStateEvidence(evidence);
    if (offered === undefined) return { kind: 'rejected', gas, reason: 'evidence-malformed' };
    const read = readerOf(execution);
    const counterparty = chainOf(context.world, client.counterparty);
    const parameters = parametersOf(context, client, counterparty);
    const own = { parameters, state: stateOf(read, client.id), store: storeOf(read, client.id) };
    const readable = checkReadable(own, offered.header);
    if (readable.kind === 'rejected') return { kind: 'rejected', gas, reason: readable.reason };
    const { header } = readable;
    const verdict = checkClaim(header.stateRoot, claim, offered.proof, schemeOf(execution));
    if (verdict.kind === 'rejected') return { kind: 'rejected', gas, reason: verdict.reason };
    const block = blockWithHeader(counterparty, header.height, fromHex(header.id));
    return { kind: 'accepted', gas, height: header.height, chainUs: header.chainUs, block };
  },

  gather,
};

function keep(execution: Execution, client: Client, kept: KeptHeader): void {
  execution.set(clientKey.header(client.id, kept.id), kept);
  const ids = storeOf(readerOf(execution), client.id).idsAt(kept.height);
  execution.set(clientKey.headersAt(client.id, kept.height), Object.freeze([...ids, kept.id]));
}

/** Handler of `update-client` for clients of this kind: headers oldest first. */
export function updateHeaderChain(execution: Execution, client: Client, callArguments: unknown): CallOutcome {
  const { context } = execution;
  const headers = readHeaders(callArguments);
  if (headers === undefined) return { kind: 'rejected', gas: HEADER_CHAIN_GAS.header, reason: 'update-malformed' };
  const gas = HEADER_CHAIN_GAS.header * headers.length;
  const counterparty = chainOf(context.world, client.counterparty);
  const parameters = parametersOf(context, client, counterparty);
  const read = readerOf(execution);
  const store = storeOf(read, client.id);
  let accepted = 0;
  for (const mined of headers) {
    const state = stateOf(read, client.id);
    const verdict = submitHeader({ parameters, state, store }, mined, keysOf(context.world), schemeOf(execution));
    if (verdict.kind === 'rejected') return { kind: 'rejected', gas, reason: verdict.reason };
    if (verdict.kind === 'noop') continue;
    accepted++;
    keep(execution, client, verdict.kept);
    for (const { id, height } of verdict.dropped) {
      execution.remove(clientKey.header(client.id, id));
      execution.remove(clientKey.headersAt(client.id, height));
    }
    execution.set(clientKey.state(client.id), Object.freeze({ ...verdict.state }));
  }
  if (accepted === 0) return { kind: 'noop', gas, reason: 'header-known' };
  noteTrusted(execution, client, counterparty, parameters.depth);
  return { kind: 'done', gas };
}

/** Says which header has become deep enough, where that is a new one. */
function noteTrusted(execution: Execution, client: Client, counterparty: Chain, depth: number): void {
  const { chain, block } = execution;
  const read = readerOf(execution);
  const store = storeOf(read, client.id);
  const state = stateOf(read, client.id);
  const tip = store.header(state.tip);
  const trusted = tip === undefined ? undefined : bestHeaderAt(state, store, tip.height - depth);
  if (trusted === undefined || read(clientKey.latest(client.id)) === trusted.height) return;
  execution.set(clientKey.latest(client.id), trusted.height);
  execution.fact(clientUpdated, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    height: trusted.height,
    headerBlock: blockWithHeader(counterparty, trusted.height, fromHex(trusted.id)),
    headerRoot: trusted.stateRoot,
  });
}

function readHeaders(given: unknown): readonly MinedHeader[] | undefined {
  if (!isRecord(given) || !Array.isArray(given['headers'])) return undefined;
  const headers = given['headers'] as readonly unknown[];
  const isShaped = headers.every(
    (each) =>
      isRecord(each) &&
      isHeader(each['header']) &&
      typeof each['work'] === 'number' &&
      each['seal'] instanceof Uint8Array,
  );
  return isShaped && headers.length > 0 ? (headers as readonly MinedHeader[]) : undefined;
}

function gather(context: Context, client: Client, claim: Claim, view: CarrierView): Evidence {
  const source = chainOf(context.world, client.counterparty);
  const host = chainOf(context.world, client.host);
  const head = source.blocks.get(view.counterpartyHead);
  if (head === undefined || !host.blocks.has(view.hostHead)) return waiting('view');
  if (!holdsAfter(source, head, claim)) return { kind: 'untrue' };
  const final = finalBlock(source, head.id, client.depth);
  if (final === undefined || !isProvable(source, final, claim)) return waiting('depth');
  const read = readerAt(host, view.hostHead);
  const own = {
    parameters: parametersOf(context, client, source),
    state: stateOf(read, client.id),
    store: storeOf(read, client.id),
  };
  const ready = (block: Block, updates: readonly Call[]): Evidence => ({
    kind: 'ready',
    evidence: makeStateEvidence(context, source, block, toHex(block.seal.headerHash), claim),
    updates,
    point: { height: block.height, chainUs: block.chainUs, block: block.id },
  });
  if (checkReadable(own, toHex(final.seal.headerHash)).kind === 'accepted') return ready(final, []);
  const known = readableBlock(own.state, own.store, source, head, client.depth);
  if (known !== undefined && claim.kind !== 'absence' && isProvable(source, known, claim)) return ready(known, []);
  const missing = missingHeaders(own.store, source, head);
  if (missing === undefined) return waiting('client-on-another-branch');
  return ready(final, headerCalls(client, missing));
}

/** The newest block of the carrier's branch that the client already lets proofs be read at. */
function readableBlock(
  state: HeaderChainState,
  store: HeaderStore,
  source: Chain,
  head: Block,
  depth: number,
): Block | undefined {
  const tip = store.header(state.tip);
  const header = tip === undefined ? undefined : bestHeaderAt(state, store, tip.height - depth);
  const block = header === undefined ? undefined : blockAtHeight(source, head.id, header.height);
  const isSame = header !== undefined && block !== undefined && bytesEqual(fromHex(header.id), block.seal.headerHash);
  return isSame ? block : undefined;
}

/** Headers from above the last that the client knows up to `head`, oldest first; undefined where it knows none. */
function missingHeaders(store: HeaderStore, source: Chain, head: Block): MinedHeader[] | undefined {
  const missing: MinedHeader[] = [];
  let block: Block | undefined = head;
  while (block !== undefined && block.height > 0 && store.header(toHex(block.seal.headerHash)) === undefined) {
    const mined = minedHeaderOf(block);
    if (mined === undefined) return undefined;
    // What a block and a call both hold is frozen; out of a snapshot it is so no longer.
    Object.freeze(mined.header);
    missing.push(Object.freeze(mined));
    block = source.blocks.get(block.parent);
  }
  // Down at genesis, which the client began with and may have dropped since.
  if (block === undefined || (block.height === 0 && store.idsAt(0).length === 0)) return undefined;
  return missing.reverse();
}

function headerCalls(client: Client, headers: readonly MinedHeader[]): Call[] {
  const calls: Call[] = [];
  for (let from = 0; from < headers.length; from += HEADERS_A_CALL) {
    const some = Object.freeze(headers.slice(from, from + HEADERS_A_CALL));
    calls.push({ action: 'update-client', arguments: Object.freeze({ client: client.id, headers: some }) });
  }
  return calls;
}

function waiting(reason: string): Evidence {
  return { kind: 'waiting', reason };
}
