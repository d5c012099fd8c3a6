/**
 * Roots of states that no chain ever had, made by whoever holds the key of a circuit that a client takes, or may take
 * soon: the hook where a broken circuit and stolen guardians stand. Honest carriers find nothing here, since they carry
 * what was sent.
 */
import type { HashBackend } from '../../sim/base/bytes.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { chainOf } from '../chains/chain.ts';
import { keysOf } from '../keys/key-room.ts';
import { isHolder, type KeyId, sign } from '../keys/keys.ts';
import { prove, type StateProof } from '../proofs/state-proof.ts';
import { beginVersion, createStateTree, rootOf, seal, set } from '../proofs/state-tree.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import { type Read, type StateEvidence } from './client-store.ts';
import { consensusAt } from './light-client-state.ts';
import { programOf, proposedProgram } from './program-key.ts';
import { type ProvenRange, rangeBytes } from './proven-range.ts';
import type { Claim, Client, Evidence } from './verifier.ts';

/** What a forger brings for one claim. */
interface ForgedRoot {
  /** Circuit that it will be proven under, and the process that holds its key. */
  readonly program: KeyId;
  readonly process: string;
  readonly stateRoot: Uint8Array;
  readonly proof: StateProof;
  /** Until when the forger waits for a proposal to show that it may never have had signed. */
  readonly untilUs: number;
}

/** Time that a proposal is given to show on the host. */
const PROPOSAL_PATIENCE_US = 600_000_000;

function rootsOf(world: World): Map<string, ForgedRoot> {
  return (world.tables['forged-roots'] ??= new Map()) as Map<string, ForgedRoot>;
}

function nameOf(client: number, { kind, lane, sequence }: Claim): string {
  return `${client}/${kind}/${lane}/${sequence}`;
}

/** Makes up a state that holds one claim alone, to be proven under a circuit that the process has the key of. */
export function forgeRoot(
  context: Context,
  client: Client,
  claim: Claim,
  holder: { readonly program: KeyId; readonly process: string },
): void {
  const { mode } = chainOf(context.world, client.counterparty);
  const { root, proof } = stateOfOne(mode, context.hash, claim);
  const untilUs = context.now + PROPOSAL_PATIENCE_US;
  rootsOf(context.world).set(nameOf(client.id, claim), { ...holder, stateRoot: root, proof, untilUs });
}

function stateOfOne(
  mode: ProofMode,
  hash: HashBackend,
  { key, value }: Claim,
): { root: Uint8Array; proof: StateProof } {
  const tree = createStateTree(mode);
  const draft = beginVersion(tree, 0);
  set(tree, draft, key, value);
  const version = seal(tree, draft);
  return { root: rootOf(tree, version, hash), proof: prove(tree, version, key, hash) };
}

/**
 * Evidence for a claim that somebody forged a root for; undefined where nobody did. `waits` is what it waits for while the
 * timelock of the circuit runs.
 */
export function gatherForged(
  context: Context,
  client: Client,
  claim: Claim,
  host: { readonly read: Read; readonly chainUs: number },
  waits: string,
): Evidence | undefined {
  const forged = rootsOf(context.world).get(nameOf(client.id, claim));
  if (forged === undefined) return undefined;
  const keys = keysOf(context.world);
  const signer = { key: forged.program, process: forged.process };
  if (!isHolder(keys, signer)) return { kind: 'untrue' };
  const { read, chainUs } = host;
  const from = consensusAt(read, client.id, read(`clients/${client.id}/latest`) as number);
  if (from === undefined || programOf(read, client, chainUs) !== forged.program) {
    const isHopeless = proposedProgram(read, client) !== forged.program && context.now >= forged.untilUs;
    return isHopeless ? { kind: 'untrue' } : { kind: 'waiting', reason: waits };
  }
  const { mode } = chainOf(context.world, client.host);
  const height = from.height + 1;
  const range: ProvenRange = Object.freeze({
    client: client.id,
    from: Object.freeze({ height: from.height, headerHash: from.headerHash }),
    to: Object.freeze({ height, chainUs, headerHash: forged.stateRoot, stateRoot: forged.stateRoot }),
  });
  const proof = sign(keys, signer, rangeBytes(context.hash, mode, client, range), context.hash);
  const parts = Object.freeze([Object.freeze({ range, proof })]);
  const evidence: StateEvidence = Object.freeze({ height, header: '', proof: Object.freeze({ ...forged.proof }) });
  return {
    kind: 'ready',
    evidence,
    updates: [{ action: 'submit-proof', arguments: Object.freeze({ parts }) }],
    point: { height, chainUs, block: -1 },
  };
}
