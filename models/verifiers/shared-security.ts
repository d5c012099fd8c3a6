/**
 * A verifier for chains that share one: a chain and the one it stands on, or two on the same. Nobody carries headers: each
 * chain sees the other through the chain below, whose contracts hold what is believed of those above, and whose own blocks
 * are seen by those above. A claim is as good as the chain below, and as the rule by which that believes the chain above.
 * @source ethereum-optimism/optimism packages/contracts-bedrock OptimismPortal2 (up), L1Block (down); polkadot-sdk
 * implementers-guide, runtime/hrmp (beside).
 */
import { toHex } from '../../sim/base/bytes.ts';
import { assert } from '../../sim/base/assert.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { type Block, blockAtHeight, type Chain, chainOf, provenBlock } from '../chains/chain.ts';
import { type Anchor, anchorAt, newestAnchor } from '../chains/layered/anchors.ts';
import { finalBlock } from '../chains/reading.ts';
import { rootOf } from '../proofs/state-tree.ts';
import {
  checkClaim,
  holdsAfter,
  isProvable,
  makeStateEvidence,
  type Read,
  readerAt,
  readerOf,
  readStateEvidence,
  schemeOf,
} from './client-store.ts';
import type { CarrierView, Claim, Client, Evidence, VerifierRule, VerifierVerdict } from './verifier.ts';

/** Gas of one proof against a root that is there already. */
const PROOF_GAS = 60_000;

/**
 * How the host sees the chain that the claim is about. up: that stands on the host; down: the host stands on that;
 * beside: both stand on a third.
 */
export type Sight = 'up' | 'down' | 'beside';

/** Undefined where the two share nothing. */
export function sightOf(host: { readonly id: number; readonly below: number }, other: typeof host): Sight | undefined {
  if (other.below === host.id) return 'up';
  if (host.below === other.id) return 'down';
  return host.below !== -1 && host.below === other.below ? 'beside' : undefined;
}

/** What the host can see at one of its blocks. */
interface Place {
  readonly world: World;
  readonly host: Chain;
  readonly other: Chain;
  /** The host's block, and its contract state there. */
  readonly block: Block;
  readonly read: Read;
}

function placeOf(world: World, client: Client, block: Block, read: Read): Place {
  return { world, host: chainOf(world, client.host), other: chainOf(world, client.counterparty), block, read };
}

/** State of the chain below in which heads of the other are believed; undefined where the host has not seen it. */
function anchorsOf({ world, host, block, read }: Place, sight: Sight): Read | undefined {
  if (sight === 'up') return read;
  const below = chainOf(world, host.below);
  return below.blocks.has(block.origin) ? readerAt(below, block.origin) : undefined;
}

function believedAt(context: Context, client: Client, place: Place, height: number | undefined): Anchor | undefined {
  const { host, other, block } = place;
  const sight = sightOf(host, other);
  assert(sight !== undefined, 'validation refuses chains that share nothing', { host: host.name, other: other.name });
  if (sight !== 'down') {
    const read = anchorsOf(place, sight);
    if (read === undefined) return undefined;
    return height === undefined ? newestAnchor(read, other.id) : anchorAt(read, other.id, height);
  }
  const final = other.blocks.has(block.origin) ? finalBlock(other, block.origin, client.depth, client.tag) : undefined;
  const seen = final === undefined ? undefined : blockAtHeight(other, final.id, height ?? final.height);
  if (seen === undefined || seen.height < other.rootLag) return undefined;
  return {
    height: seen.height,
    chainUs: seen.chainUs,
    headerHash: seen.seal.headerHash,
    stateRoot: rootOf(other.state, provenBlock(other, seen).version, context.hash),
    block: seen.id,
  };
}

export const sharedSecurity: VerifierRule = {
  found() {
    // Nothing to keep: what is believed lies with the chain below.
  },

  verify(execution, client, claim, evidence): VerifierVerdict {
    const gas = PROOF_GAS;
    const offered = readStateEvidence(evidence);
    if (offered === undefined) return { kind: 'rejected', gas, reason: 'evidence-malformed' };
    const { context } = execution;
    const place = placeOf(context.world, client, execution.block, readerOf(execution));
    const believed = believedAt(context, client, place, offered.height);
    if (believed === undefined) return { kind: 'rejected', gas, reason: 'head-unknown' };
    if (toHex(believed.headerHash) !== offered.header) return { kind: 'rejected', gas, reason: 'header-unknown' };
    const verdict = checkClaim(believed.stateRoot, claim, offered.proof, schemeOf(execution));
    if (verdict.kind === 'rejected') return { kind: 'rejected', gas, reason: verdict.reason };
    return { kind: 'accepted', gas, height: believed.height, chainUs: believed.chainUs, block: believed.block };
  },

  gather(context, client, claim, view): Evidence {
    return gather(context, client, claim, view);
  },
};

function gather(context: Context, client: Client, claim: Claim, view: CarrierView): Evidence {
  const source = chainOf(context.world, client.counterparty);
  const host = chainOf(context.world, client.host);
  const head = source.blocks.get(view.counterpartyHead);
  const top = host.blocks.get(view.hostHead);
  if (head === undefined || top === undefined) return { kind: 'waiting', reason: 'view' };
  if (!holdsAfter(source, head, claim)) return { kind: 'untrue' };
  const place = placeOf(context.world, client, top, readerAt(host, top.id));
  const believed = believedAt(context, client, place, undefined);
  const block = believed === undefined ? undefined : source.blocks.get(believed.block);
  if (block === undefined || !isProvable(source, block, claim)) return { kind: 'waiting', reason: 'head-below' };
  return {
    kind: 'ready',
    evidence: makeStateEvidence(context, source, block, toHex(block.seal.headerHash), claim),
    updates: [],
    point: { height: block.height, chainUs: block.chainUs, block: block.id },
  };
}
