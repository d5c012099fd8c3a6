/**
 * Who can sign. A key is not the process that uses it: twins are two processes with one key, a theft adds a holder, and
 * the name of the process goes into the ghost record of each use.
 */
import { assert, present } from '../../sim/base/assert.ts';
import { bytesEqual, concatBytes, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { createMix, mixBytes, mixFinish, resetMix } from '../../sim/base/mix.ts';

export type KeyId = number;
/** `hashed`: SHA-256 keyed by the secret. `modelled`: a 128-bit mix keyed by it. */
export type KeyMode = 'hashed' | 'modelled';

export interface Key {
  readonly name: string;
  readonly secret: Uint8Array;
  /** Names of the processes that may use it, in the order in which they came by it. */
  readonly holders: string[];
}

/** Plain data: part of the world. */
export interface KeyTable {
  readonly mode: KeyMode;
  readonly seed: string;
  readonly keys: Key[];
  readonly byName: Map<string, KeyId>;
}

/** A use of a key: which one, and by whom. */
export interface Signer {
  readonly key: KeyId;
  readonly process: string;
}

const SIGNATURE_PREFIX = 2;
const SIGNATURE_DOMAIN = 0x7369_676e; // "sign"
// Reset before each use, so it carries nothing from one to the next.
const scratch = createMix();

export function createKeyTable(mode: KeyMode, seed: string): KeyTable {
  return { mode, seed, keys: [], byName: new Map() };
}

/** A new key of that name, with its first holders. Throws InvariantError when the name is taken. */
export function createKey(table: KeyTable, name: string, holders: readonly string[], hash: HashBackend): KeyId {
  assert(!table.byName.has(name), 'a key name is given once', { name });
  const id = table.keys.length;
  // Lengths first: no seed and name run together into another seed and name.
  const secret = hash.sha256(utf8(`l0sim/key/${table.seed.length}:${table.seed}/${name}`));
  table.keys.push({ name, secret, holders: [...holders] });
  table.byName.set(name, id);
  return id;
}

export function keyOf(table: KeyTable, id: KeyId): Key {
  return present(table.keys[id], 'a key exists', { id });
}

export function isHolder(table: KeyTable, signer: Signer): boolean {
  return keyOf(table, signer.key).holders.includes(signer.process);
}

/** From now on the process can sign with the key: a twin, a theft, a leak. */
export function addHolder(table: KeyTable, signer: Signer): void {
  if (!isHolder(table, signer)) keyOf(table, signer.key).holders.push(signer.process);
}

/** The process has lost the key. What it signed before stays valid. */
export function removeHolder(table: KeyTable, signer: Signer): void {
  const { holders } = keyOf(table, signer.key);
  const at = holders.indexOf(signer.process);
  if (at !== -1) holders.splice(at, 1);
}

/**
 * Signature over `message`: 32 bytes hashed, 16 modelled. Equal for all holders of the key.
 *
 * Throws InvariantError when the process does not hold the key: our own code asked for what nobody could do. A forger
 * brings bytes of its own instead, and `verify` refuses them.
 */
// MODEL: a signature is a keyed hash that only a holder can make, and whoever verifies looks the secret up in the table.
// There is no public key and no forging by computing; an adversary who is to sign must be made a holder by name.
export function sign(table: KeyTable, signer: Signer, message: Uint8Array, hash: HashBackend): Uint8Array {
  assert(isHolder(table, signer), 'only a holder signs', { key: signer.key, process: signer.process });
  return tag(table, signer.key, message, hash);
}

/** Whether `signature` is the key's over `message`. An unknown key or bytes of any shape are refused, never thrown at. */
export function verify(
  table: KeyTable,
  key: KeyId,
  message: Uint8Array,
  signature: Uint8Array,
  hash: HashBackend,
): boolean {
  return table.keys[key] !== undefined && bytesEqual(tag(table, key, message, hash), signature);
}

function tag(table: KeyTable, key: KeyId, message: Uint8Array, hash: HashBackend): Uint8Array {
  const { secret } = keyOf(table, key);
  if (table.mode === 'hashed') {
    // The message is hashed first, so nothing can be appended to what was signed.
    return hash.sha256(concatBytes(Uint8Array.of(SIGNATURE_PREFIX), secret, hash.sha256(message)));
  }
  const m = scratch;
  resetMix(m, SIGNATURE_DOMAIN);
  mixBytes(m, secret);
  mixBytes(m, message);
  return mixFinish(m);
}
