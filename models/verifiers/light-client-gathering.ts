/** What a carrier brings to a light client: the newest header that proves the claim, and the headers on the way there. */
import { bytesEqual } from '../../sim/base/bytes.ts';
import { exceeds, type Ratio } from '../../sim/base/ratio.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Block, blockAtHeight, blockOf, type Chain, chainOf } from '../chains/chain.ts';
import { commitEvidenceOf, setWithHash, validatorsOf } from '../chains/consensus/bft-sealing.ts';
import type { Call } from '../chains/mempool.ts';
import { finalBlock } from '../chains/reading.ts';
import type { Commit } from '../proofs/header.ts';
import { clientStatus } from '../proofs/light-client.ts';
import { totalPowerOf } from '../proofs/validator-set.ts';
import { holdsAfter, isProvable, makeStateEvidence, type Read, readerAt } from './client-store.ts';
import {
  consensusAt,
  heightsOf,
  isDelayPassed,
  lightClientAt,
  type LightClientSettings,
  parametersOf,
  revisionOf,
} from './light-client-state.ts';
import { upgradeCall } from './client-upgrade.ts';
import type { LightClientUpdate } from './light-client-updates.ts';
import type { CarrierView, Claim, Client, Evidence } from './verifier.ts';

export function gatherForLightClient(context: Context, client: Client, claim: Claim, view: CarrierView): Evidence {
  const source = chainOf(context.world, client.counterparty);
  const host = chainOf(context.world, client.host);
  const head = source.blocks.get(view.counterpartyHead);
  const hostHead = host.blocks.get(view.hostHead);
  if (head === undefined || hostHead === undefined) return waiting('view');
  if (!holdsAfter(source, head, claim)) return { kind: 'untrue' };
  const read = readerAt(host, hostHead.id);
  const { state, latest } = lightClientAt(read, client.id);
  const status = clientStatus(parametersOf(client, source, read), state, latest, hostHead.chainUs);
  if (status !== 'active') return waiting(`client-${status}`);
  const final = finalBlock(source, head.id, client.depth, client.tag);
  if (final === undefined || !isProvable(source, final, claim)) return waiting('header');
  const ready = (block: Block, updates: readonly Call[]): Evidence => ({
    kind: 'ready',
    evidence: makeStateEvidence(context, source, block, '', claim),
    updates,
    point: { height: block.height, chainUs: block.chainUs, block: block.id },
  });
  // What the client knows is enough for what stays true; an absence is worth the more the later it is.
  if ((client.parameters as LightClientSettings).delay !== undefined || view.isAhead === true) {
    return gatherBehindDelay(context, client, claim, { read, source, hostHead, head, final }, ready);
  }
  const known = knownBlock(read, client, source, final);
  if (known !== undefined && claim.kind !== 'absence' && isProvable(source, known, claim)) return ready(known, []);
  const updates = updatesForDepth(context, client, read, source, final, head);
  return updates === undefined ? waiting('client-on-another-branch') : ready(final, updates);
}

/** Each block that must stand on top is a header that the client must have heard of. */
function updatesForDepth(
  context: Context,
  client: Client,
  read: Read,
  source: Chain,
  final: Block,
  head: Block,
): Call[] | undefined {
  const targets = client.depth === 0 ? [final] : [final, head];
  const updates: Call[] = [];
  for (const target of targets) {
    const path = updatesTo(context, client, read, source, target, updates.length === 0 ? -1 : final.height);
    if (path === undefined) return undefined;
    updates.push(...path);
  }
  return updates;
}

interface Seen {
  readonly read: Read;
  readonly source: Chain;
  readonly hostHead: Block;
  readonly head: Block;
  readonly final: Block;
}

/** Where what the client learns has to stand for a time first: the header goes ahead, and the proof follows. */
function gatherBehindDelay(
  context: Context,
  client: Client,
  claim: Claim,
  { read, source, hostHead, head, final }: Seen,
  ready: (block: Block, updates: readonly Call[]) => Evidence,
): Evidence {
  const latest = heightsOf(read, client.id).at(-1) ?? 0;
  // The proof stands in the next block of the host at the earliest: its time is not below that of the head.
  const now = { chainUs: hostHead.chainUs, height: hostHead.height + 1 };
  let isUnderWay = false;
  for (const height of [...heightsOf(read, client.id)].reverse()) {
    if (height > final.height || latest - height < client.depth) continue;
    const block = blockAtHeight(source, final.id, height);
    const trusted = consensusAt(read, client.id, height);
    if (block === undefined || trusted === undefined) continue;
    if (!bytesEqual(trusted.headerHash, block.seal.headerHash)) return waiting('client-on-another-branch');
    if (!isWorth(claim, block) || !isProvable(source, block, claim)) continue;
    if (isDelayPassed(read, client, height, now)) return ready(block, []);
    isUnderWay = true;
  }
  if (isUnderWay) return waiting('connection-delay');
  if (!isWorth(claim, final)) return waiting('timeout');
  const updates = updatesForDepth(context, client, read, source, final, head);
  return updates === undefined
    ? waiting('client-on-another-branch')
    : { kind: 'waiting', reason: 'connection-delay', updates };
}

/** Whether an absence is late enough at a block. */
function isWorth({ due }: Claim, block: Block): boolean {
  if (due === undefined) return true;
  return (due.chainUs > 0 && block.chainUs >= due.chainUs) || (due.height > 0 && block.height >= due.height);
}

function waiting(reason: string): Evidence {
  return { kind: 'waiting', reason };
}

/** The newest block up to `final` whose header the client trusts, deep enough under what it trusts already. */
function knownBlock(read: Read, client: Client, source: Chain, final: Block): Block | undefined {
  const heights = heightsOf(read, client.id);
  const latest = heights.at(-1) ?? 0;
  for (let i = heights.length - 1; i >= 0; i--) {
    const height = heights[i] as number;
    if (height > final.height || latest - height < client.depth) continue;
    const block = blockAtHeight(source, final.id, height);
    const trusted = consensusAt(read, client.id, height);
    const isSame =
      trusted !== undefined && block !== undefined && bytesEqual(trusted.headerHash, block.seal.headerHash);
    return isSame ? block : undefined;
  }
  return undefined;
}

/**
 * Calls that take the client to the header of `target`: one where it trusts enough of those who signed it, otherwise by way
 * of headers in between, halving the distance until trust suffices. A next header is always enough.
 * `from` is a height that the calls before will have brought, -1 for none. Undefined where the client trusts a header of
 * another branch below `target`.
 * @source cometbft light/client.go, verifySkipping.
 */
function updatesTo(
  context: Context,
  client: Client,
  read: Read,
  source: Chain,
  target: Block,
  from: number,
): Call[] | undefined {
  if (consensusAt(read, client.id, target.height) !== undefined) {
    return isOnBranchOf(read, client, source, target, target.height) ? [] : undefined;
  }
  const trustedHeight = Math.max(
    from,
    heightsOf(read, client.id)
      .filter((height) => height < target.height)
      .at(-1) ?? -1,
  );
  if (trustedHeight === -1) return undefined;
  if (trustedHeight !== from && !isOnBranchOf(read, client, source, target, trustedHeight)) return undefined;
  const way: Way = {
    calls: [],
    base: trustedHeight,
    set: setAfter(context, client, read, source, target, trustedHeight),
  };
  const revision = revisionOf(read, client.id);
  // Before the first header of a new revision comes the last of the old, and the proof that lets the client follow.
  for (const [i, { height }] of source.upgrades.entries()) {
    if (i < revision || height >= target.height) continue;
    const last = blockAtHeight(source, target.id, height);
    const call = last === undefined ? undefined : upgradeCall(context, client, source, last, i + 1);
    if (last === undefined || call === undefined || !goTo(context, client, source, last, way)) return undefined;
    way.calls.push(call);
  }
  return goTo(context, client, source, target, way) ? way.calls : undefined;
}

/** Calls so far, and the header that they end with: its height, and the set that it names for the next. */
interface Way {
  readonly calls: Call[];
  base: number;
  set: number;
}

function goTo(context: Context, client: Client, source: Chain, target: Block, way: Way): boolean {
  const { trustLevel } = client.parameters as LightClientSettings;
  while (way.base < target.height) {
    let next: Block = target;
    while (next.height > way.base + 1 && !isTrusted(context, source, way.set, next, trustLevel)) {
      const middle = blockAtHeight(source, target.id, Math.floor((way.base + next.height) / 2));
      if (middle === undefined) return false;
      next = middle;
    }
    const call = updateCall(context, client, source, next, way.base, way.set);
    if (call === undefined) return false;
    way.calls.push(call);
    way.base = next.height;
    way.set = commitEvidenceOf(next)?.nextSet ?? -1;
  }
  return true;
}

/** Whether what the client trusts at `height` is of the branch that ends in `target`; what is no longer kept is taken for it. */
function isOnBranchOf(read: Read, client: Client, source: Chain, target: Block, height: number): boolean {
  const block = blockAtHeight(source, target.id, height);
  const trusted = consensusAt(read, client.id, height);
  if (block === undefined || trusted === undefined || height === 0) return true;
  return bytesEqual(trusted.headerHash, block.seal.headerHash);
}

/** Id of the set that a trusted header names for the next height; -1 where nobody knows. */
function setAfter(context: Context, client: Client, read: Read, source: Chain, target: Block, height: number): number {
  if (height === 0) return 0;
  const block = blockAtHeight(source, target.id, height);
  const evidence = block === undefined ? undefined : commitEvidenceOf(block);
  if (evidence !== undefined) return evidence.nextSet;
  const trusted = consensusAt(read, client.id, height);
  return trusted === undefined ? -1 : setWithHash(context, source, trusted.nextValidatorsHash);
}

function isTrusted(context: Context, source: Chain, set: number, block: Block, level: Ratio): boolean {
  const evidence = commitEvidenceOf(block);
  if (set === -1 || evidence === undefined) return false;
  const signers = new Set(evidence.commit.signatures.map(({ key }) => key));
  const trusted = validatorsOf(context, source, set);
  const signed = totalPowerOf(trusted.filter(({ key }) => signers.has(key)));
  return exceeds(signed, totalPowerOf(trusted), level);
}

function updateCall(
  context: Context,
  client: Client,
  source: Chain,
  block: Block,
  trustedHeight: number,
  trustedSet: number,
): Call | undefined {
  const update = updateFor(context, client, source, block, trustedHeight, trustedSet);
  return update === undefined ? undefined : { action: 'update-client', arguments: update };
}

function updateFor(
  context: Context,
  client: Client,
  source: Chain,
  block: Block,
  trustedHeight: number,
  trustedSet: number,
): LightClientUpdate | undefined {
  const evidence = commitEvidenceOf(block);
  if (evidence === undefined || trustedSet === -1) return undefined;
  return Object.freeze({
    client: client.id,
    trustedHeight,
    header: Object.freeze(evidence.header),
    commit: frozenCommit(evidence.commit),
    validators: validatorsOf(context, source, evidence.set),
    trustedValidators: validatorsOf(context, source, trustedSet),
  });
}

/** What a block and a call both hold is frozen; a commit out of a snapshot is so no longer. */
function frozenCommit(commit: Commit): Commit {
  if (Object.isFrozen(commit)) return commit;
  for (const signature of commit.signatures) Object.freeze(signature);
  Object.freeze(commit.signatures);
  return Object.freeze(commit);
}

/**
 * The call that freezes a client which was led onto another branch than the watcher's, where both headers of the height are
 * signed well enough; undefined where the client agrees with the watcher or the proof cannot be made.
 */
export function misbehaviourCall(context: Context, client: Client, view: CarrierView): Call | undefined {
  const source = chainOf(context.world, client.counterparty);
  const read = readerAt(chainOf(context.world, client.host), view.hostHead);
  const head = blockOf(source, view.counterpartyHead);
  const heights = heightsOf(read, client.id);
  for (let i = heights.length - 1; i > 0; i--) {
    const height = heights[i] as number;
    const own = blockAtHeight(source, head.id, height);
    const trusted = consensusAt(read, client.id, height);
    if (own === undefined || trusted === undefined || bytesEqual(own.seal.headerHash, trusted.headerHash)) continue;
    const base = heights.filter((each) => each < height && isOnBranchOf(read, client, source, head, each)).at(-1);
    if (base === undefined) return undefined;
    const set = setAfter(context, client, read, source, head, base);
    const other = [...source.blocks.values()].find(
      (block) => block.height === height && bytesEqual(block.seal.headerHash, trusted.headerHash),
    );
    if (other === undefined) return undefined;
    const first = updateFor(context, client, source, other, base, set);
    const second = updateFor(context, client, source, own, base, set);
    if (first === undefined || second === undefined) return undefined;
    return { action: 'submit-misbehaviour', arguments: Object.freeze({ client: client.id, first, second }) };
  }
  return undefined;
}
