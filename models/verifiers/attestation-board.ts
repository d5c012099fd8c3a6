/** Where attesters post what they signed, and relayers collect it: off-chain, and public. */
import type { World } from '../../sim/kernel/world.ts';
import type { Claim } from './verifier.ts';

export interface PostedSignature {
  readonly member: number;
  readonly attester: number;
  readonly signature: Uint8Array;
}

/** All signatures of one statement. Twins of a member count once. */
export interface Attested {
  readonly client: number;
  readonly kind: Claim['kind'];
  readonly value: Uint8Array;
  readonly height: number;
  readonly chainUs: number;
  /** Set whose members sign it, from 0; left out where keys never change. */
  readonly epoch?: number;
  /** Ghost: the block that the first signer read it in. */
  readonly block: number;
  readonly signatures: PostedSignature[];
}

type Board = Map<number, Attested[]>;

const TABLE = 'attestations';
/** Sequences a lane may have before keys of the board would meet. */
const LANE_STRIDE = 4_294_967_296;

function boardOf(world: World): Board {
  return (world.tables[TABLE] ??= new Map()) as Board;
}

/** What is posted about a packet so far. */
export function attestationsFor(world: World, lane: number, sequence: number): readonly Attested[] {
  return boardOf(world).get(lane * LANE_STRIDE + sequence) ?? NOTHING;
}

export function postStatement(world: World, lane: number, sequence: number, statement: Attested): void {
  const board = boardOf(world);
  const key = lane * LANE_STRIDE + sequence;
  const list = board.get(key);
  // A list that starts with its first entry holds room for one; an empty one grows to room for seventeen.
  if (list === undefined) board.set(key, [statement]);
  else list.push(statement);
}

const NOTHING: readonly Attested[] = Object.freeze([]);

export function forgetAttestations(world: World, lane: number, sequence: number): void {
  boardOf(world).delete(lane * LANE_STRIDE + sequence);
}
