/**
 * Believes a chain that it has no client of, through the clients that the chains on the way have of each other: each proof
 * shows the state that the next is checked against. Nothing is written on the way.
 * @source ICS 33, multi-hop channels: a chain of proofs over the connections, and a frozen client anywhere stops it.
 */
import type { Context } from '../../sim/kernel/simulation.ts';
import { blockOf, chainOf, nodeOf, provenBlock } from '../chains/chain.ts';
import type { Call } from '../chains/mempool.ts';
import type { ConsensusState, LightClientState } from '../proofs/light-client.ts';
import { prove, type StateProof } from '../proofs/state-proof.ts';
import {
  blockWithHeader,
  checkClaim,
  clientKey,
  isRecord,
  isWhole,
  readerAt,
  readStateProof,
  schemeOf,
  type StateEvidence,
} from './client-store.ts';
import { LIGHT_CLIENT_GAS, lightClient } from './light-client.ts';
import { gatherForLightClient } from './light-client-gathering.ts';
import { consensusAt, lightClientAt } from './light-client-state.ts';
import { type CarrierView, type Claim, clientOf, type Client, type Evidence, type VerifierRule } from './verifier.ts';

/** Clients on the way, from the one that follows the chain of the claim to the one on the host. */
export interface ProofChainParameters {
  readonly through: readonly number[];
}

/** What one client on the way knows of the chain before it, proven under the state of its host. */
interface Link {
  readonly consensus: ConsensusState;
  readonly consensusProof: StateProof;
  readonly state: LightClientState;
  readonly stateProof: StateProof;
}

/** `links` in the order of the clients; `last` is the height that the host's own client trusts; `proof` that of the claim. */
interface ChainEvidence {
  readonly last: number;
  readonly links: readonly Link[];
  readonly proof: StateProof;
}

function throughOf({ parameters }: Client): readonly number[] {
  return (parameters as ProofChainParameters).through;
}

/** That a client on the way holds this state for a height. */
function linkClaim(claim: Claim, client: number, height: number, stated: ConsensusState): Claim {
  const { lane, sequence } = claim;
  const key = clientKey.consensus(client, height);
  return { kind: 'commitment', lane, sequence, key, value: NOTHING, stated: { ...stated } };
}

const NOTHING = new Uint8Array(0);

export const proofChain: VerifierRule = {
  found() {
    // Its clients are those of other lanes, and found there.
  },

  verify(execution, client, claim, evidence) {
    const through = throughOf(client);
    const gas = LIGHT_CLIENT_GAS.proof * (2 * through.length - 1);
    const rejected = (reason: string) => ({ kind: 'rejected', gas, reason }) as const;
    const offered = readEvidence(evidence);
    if (offered === undefined || offered.links.length !== through.length - 1) return rejected('evidence-malformed');
    const scheme = schemeOf(execution);
    const host = clientOf(execution.context.world, through.at(-1) as number);
    let root: Uint8Array | undefined;
    let point: Pick<ConsensusState, 'height' | 'chainUs' | 'headerHash'> = {
      height: 0,
      chainUs: 0,
      headerHash: NOTHING,
    };
    // From the host's own client back to the chain of the claim: what is proven last is what the next is proven under.
    for (let i = offered.links.length - 1; i >= 0; i--) {
      const { consensus, consensusProof, state, stateProof } = offered.links[i] as Link;
      const id = through[i] as number;
      const held = linkClaim(claim, id, consensus.height, consensus);
      const status: Claim = { ...held, key: clientKey.state(id), stated: { ...state } };
      for (const [each, proof] of [
        [held, consensusProof],
        [status, stateProof],
      ] as const) {
        const verdict =
          root === undefined
            ? lightClient.verify(execution, host, each, {
                height: offered.last,
                header: '',
                proof,
              } satisfies StateEvidence)
            : checkClaim(root, each, proof, scheme);
        if (verdict.kind === 'rejected') return rejected(verdict.reason);
      }
      if (state.isFrozen) return rejected('client-frozen');
      root = consensus.stateRoot;
      point = consensus;
    }
    if (root === undefined) {
      return lightClient.verify(execution, host, claim, { height: offered.last, header: '', proof: offered.proof });
    }
    const verdict = checkClaim(root, claim, offered.proof, scheme);
    if (verdict.kind === 'rejected') return rejected(verdict.reason);
    const { height, chainUs, headerHash } = point;
    const origin = chainOf(execution.context.world, client.counterparty);
    return { kind: 'accepted', gas, height, chainUs, block: blockWithHeader(origin, height, headerHash) };
  },

  gather(context, client, claim, view) {
    return gather(context, client, claim, view);
  },
};

/**
 * Leg by leg from the chain of the claim: where a client on the way has to hear of a header first, that is sent ahead there.
 * MODEL: the chains in between are read through their first node, at once.
 */
function gather(context: Context, client: Client, claim: Claim, view: CarrierView): Evidence {
  const through = throughOf(client).map((id) => clientOf(context.world, id));
  const heads = through.map(({ host }, i) =>
    i === through.length - 1 ? view.hostHead : nodeOf(chainOf(context.world, host), 0).head,
  );
  const legs: { readonly claim: Claim; readonly height: number; readonly proof: StateProof }[] = [];
  let own = claim;
  let updates: readonly Call[] = [];
  for (const [i, leg] of through.entries()) {
    const isLast = i === through.length - 1;
    const counterpartyHead = i === 0 ? view.counterpartyHead : (heads[i - 1] as number);
    const gathered = gatherForLightClient(context, leg, own, {
      counterpartyHead,
      hostHead: heads[i] as number,
      ...(isLast ? {} : { isAhead: true }),
    });
    if (gathered.kind !== 'ready') return gathered;
    const { height, proof } = gathered.evidence as StateEvidence;
    legs.push({ claim: own, height, proof });
    if (isLast) updates = gathered.updates;
    else {
      const stated = consensusAt(readerAt(chainOf(context.world, leg.host), heads[i] as number), leg.id, height);
      if (stated === undefined) return { kind: 'waiting', reason: 'client-update' };
      own = linkClaim(claim, leg.id, height, stated);
    }
  }
  const links = through.slice(0, -1).map((leg, i): Link => {
    const next = legs[i + 1] as { readonly claim: Claim; readonly height: number; readonly proof: StateProof };
    const { state, proof } = stateProven(context, leg, heads[i] as number, next.height);
    return {
      consensus: next.claim.stated as unknown as ConsensusState,
      consensusProof: next.proof,
      state,
      stateProof: proof,
    };
  });
  const [first] = legs;
  const last = legs.at(-1);
  if (first === undefined || last === undefined) return { kind: 'waiting', reason: 'no-way' };
  const origin = chainOf(context.world, client.counterparty);
  const hash = links[0]?.consensus.headerHash;
  const point = {
    height: first.height,
    chainUs: links[0]?.consensus.chainUs ?? 0,
    block: hash === undefined ? -1 : blockWithHeader(origin, first.height, hash),
  };
  const evidence: ChainEvidence = Object.freeze({ last: last.height, links: Object.freeze(links), proof: first.proof });
  return { kind: 'ready', evidence, updates, point };
}

/** The state of a client as its host's header of a height commits to it, with its proof. */
function stateProven(
  context: Context,
  client: Client,
  head: number,
  height: number,
): { readonly state: LightClientState; readonly proof: StateProof } {
  const chain = chainOf(context.world, client.host);
  let block = blockOf(chain, head);
  while (block.height > height) block = blockOf(chain, block.parent);
  const proven = provenBlock(chain, block);
  const { state } = lightClientAt(readerAt(chain, proven.id), client.id);
  const proof = prove(chain.state, proven.version, clientKey.state(client.id), context.hash);
  return { state, proof: Object.freeze(proof) };
}

function readEvidence(given: unknown): ChainEvidence | undefined {
  if (!isRecord(given) || !isWhole(given['last']) || !Array.isArray(given['links'])) return undefined;
  const proof = readStateProof(given['proof']);
  const links = given['links'].map(readLink);
  if (proof === undefined || links.includes(undefined)) return undefined;
  return { last: given['last'], links: links as Link[], proof };
}

/** A link as it may be hashed: its fields and no others. */
function readLink(given: unknown): Link | undefined {
  if (!isRecord(given) || !isRecord(given['consensus']) || !isRecord(given['state'])) return undefined;
  const { height, chainUs, headerHash, stateRoot, nextValidatorsHash } = given['consensus'];
  const { latestHeight, isFrozen } = given['state'];
  const consensusProof = readStateProof(given['consensusProof']);
  const stateProof = readStateProof(given['stateProof']);
  if (consensusProof === undefined || stateProof === undefined) return undefined;
  if (!isWhole(height) || !isWhole(chainUs) || !isWhole(latestHeight) || typeof isFrozen !== 'boolean')
    return undefined;
  const isBytes = (each: unknown): each is Uint8Array => each instanceof Uint8Array;
  if (!isBytes(headerHash) || !isBytes(stateRoot) || !isBytes(nextValidatorsHash)) return undefined;
  return {
    consensus: { height, chainUs, headerHash, stateRoot, nextValidatorsHash },
    consensusProof,
    state: { latestHeight, isFrozen },
    stateProof,
  };
}
