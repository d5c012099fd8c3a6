/**
 * Which circuit a client takes proofs of, and how its guardians replace it: enough of them sign a proposal, which counts
 * once its timelock has passed by the clock of the host.
 * @source sp1-helios@main contracts/src/SP1Helios.sol, updateHeliosProgramVkey by a guardian; cosmos/solidity-ibc-eureka@cae7e128 README: a
 * timelocked Security Council changes clients.
 */
import { concatBytes, be64, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { createMix, mixFinish, mixNumber, resetMix } from '../../sim/base/mix.ts';
import type { CallOutcome, CallTable, Execution } from '../chains/execution.ts';
import { keysOf } from '../keys/key-room.ts';
import { type KeyId, verify } from '../keys/keys.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import { programProposed } from '../records.ts';
import { isRecord, isWhole, type Read, readerOf } from './client-store.ts';
import { type Client, clientsOf } from './verifier.ts';

export interface Guardians {
  /** Committee that they are, its keys, and how many of them must sign. */
  readonly committee: number;
  readonly keys: readonly KeyId[];
  readonly threshold: number;
  readonly timelockUs: number;
}

/** What a client with a circuit keeps in its parameters. */
export interface ProgramParameters {
  readonly program: KeyId;
  /** Undefined where nobody can replace the circuit. */
  readonly guardians?: Guardians;
}

// A type and not an interface: contract state takes records of known fields only.
type ProgramState = {
  readonly current: KeyId;
  readonly next: KeyId;
  /** Time by the host's clock from which on the next one counts. */
  readonly fromUs: number;
  /** Proposals so far: what was signed for one is nothing for another. */
  readonly proposals: number;
};

const GAS = { propose: 60_000, signature: 5_000 };

/**
 * Key of the circuit whose proofs a client takes at a time of its host.
 * MODEL: a proof is a keyed hash that only a holder of the circuit's key can make. Provers hold it and, being no forgers,
 * use it for what is final in their view; that the circuit lets nothing else through is what A12 says.
 */
export function programOf(read: Read, client: Client, chainUs: number): KeyId {
  const state = stateOf(read, client);
  return chainUs >= state.fromUs ? state.next : state.current;
}

/** The circuit that was proposed last, the founding one where none was. */
export function proposedProgram(read: Read, client: Client): KeyId {
  return stateOf(read, client).next;
}

function stateOf(read: Read, client: Client): ProgramState {
  const kept = read(stateKey(client.id)) as ProgramState | undefined;
  const { program } = client.parameters as ProgramParameters;
  return kept ?? { current: program, next: program, fromUs: 0, proposals: 0 };
}

function stateKey(client: number): string {
  return `clients/${client}/program`;
}

/** What guardians sign. Names the client and the number of the proposal. */
export function proposalBytes(hash: HashBackend, mode: ProofMode, client: Client, read: Read, key: KeyId): Uint8Array {
  const numbers = [client.id, client.host, stateOf(read, client).proposals, key];
  if (mode === 'modelled') {
    resetMix(scratch, PROPOSAL_DOMAIN);
    for (const number of numbers) mixNumber(scratch, number);
    return mixFinish(scratch);
  }
  return hash.sha256(concatBytes(utf8('l0sim/program/'), ...numbers.map(be64)));
}

/** Arguments of `propose-program`. */
export interface Proposal {
  readonly client: number;
  readonly program: KeyId;
  readonly signatures: readonly { readonly member: number; readonly signature: Uint8Array }[];
}

export const programCalls = { 'propose-program': propose } as const satisfies CallTable;

function propose(execution: Execution, given: unknown): CallOutcome {
  const { context, chain, block, account } = execution;
  const proposal = readProposal(given);
  if (proposal === undefined) return { kind: 'rejected', gas: GAS.propose, reason: 'proposal-malformed' };
  const gas = GAS.propose + GAS.signature * proposal.signatures.length;
  const client = clientsOf(context.world)[proposal.client];
  const guardians = (client?.parameters as Partial<ProgramParameters> | undefined)?.guardians;
  if (client === undefined || guardians === undefined || client.host !== chain.id) {
    return { kind: 'rejected', gas, reason: 'no-guardians' };
  }
  const read = readerOf(execution);
  const message = proposalBytes(context.hash, chain.mode, client, read, proposal.program);
  const signed = new Set<number>();
  for (const { member, signature } of proposal.signatures) {
    const key = guardians.keys[member];
    if (key === undefined) return { kind: 'rejected', gas, reason: 'unknown-signer' };
    if (signed.has(member)) return { kind: 'rejected', gas, reason: 'duplicate-signer' };
    if (!verify(keysOf(context.world), key, message, signature, context.hash)) {
      return { kind: 'rejected', gas, reason: 'signature-invalid' };
    }
    signed.add(member);
  }
  if (signed.size < guardians.threshold) return { kind: 'rejected', gas, reason: 'quorum-not-reached' };
  const { proposals } = stateOf(read, client);
  const fromUs = block.chainUs + guardians.timelockUs;
  const current = programOf(read, client, block.chainUs);
  const state: ProgramState = { current, next: proposal.program, fromUs, proposals: proposals + 1 };
  execution.set(stateKey(client.id), Object.freeze(state));
  execution.fact(programProposed, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    key: proposal.program,
    fromChainUs: fromUs,
    account,
  });
  return { kind: 'done', gas };
}

function readProposal(given: unknown): Proposal | undefined {
  if (!isRecord(given) || !isWhole(given['client']) || !isWhole(given['program'])) return undefined;
  if (!Array.isArray(given['signatures'])) return undefined;
  const isShaped = (given['signatures'] as readonly unknown[]).every(
    (each) => isRecord(each) && isWhole(each['member']) && each['signature'] instanceof Uint8Array,
  );
  return isShaped ? (given as unknown as Proposal) : undefined;
}

const PROPOSAL_DOMAIN = 0x7072_6f67; // "prog"
// Reset before each use, so it carries nothing from one to the next.
const scratch = createMix();
