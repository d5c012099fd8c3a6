/**
 * Named streams of random numbers. A stream belongs to an owner and a purpose, `relayer/r1/backoff`, and depends on the
 * run's seed, the fork label and its own name only: opening, closing or drawing another one shifts nothing.
 *
 * Two ways to draw: in sequence, for processes without identity (seedrandom's alea), and by key, for a draw that
 * belongs to a thing (Threefry), which is the same whatever else is drawn.
 */
import alea from 'seedrandom/lib/alea.js';
import type { StatefulPRNG, State } from 'seedrandom';
import { assert, InvariantError } from '../../base/assert.ts';
import { type HashBackend, toHex, utf8 } from '../../base/bytes.ts';
import type { UniformSource } from './samplers.ts';
import { threefry } from './threefry.ts';

/** Dense index of a stream, in the order of opening. */
export type StreamId = number;

/** Every stream of a world: plain data, in the snapshot. Columns by stream id; `keys` and `alea` have four a stream. */
export interface StreamTable {
  readonly seed: string;
  /** Label of the fork that these streams were derived for, or the empty string. */
  label: string;
  readonly names: string[];
  readonly ids: Map<string, StreamId>;
  readonly owners: string[];
  /** 128-bit Threefry key, as four 32-bit words. */
  readonly keys: number[];
  /** s0, s1, s2 and c of alea as last exported: at `positions` after `exportState`, behind it between two of them. */
  readonly alea: number[];
  /** Draws taken in sequence since the stream was derived. Always up to date. */
  readonly positions: number[];
}

type Generator = StatefulPRNG<State.Alea>;

/** Live generators: a cache over a table, rebuilt from it, never part of a snapshot. */
export interface StreamRuntime {
  readonly table: StreamTable;
  /** undefined until the first draw in sequence. */
  readonly generators: (Generator | undefined)[];
  /** Position at which `table.alea` holds each stream's state. */
  readonly exported: number[];
  readonly sources: UniformSource[];
  readonly block: Uint32Array;
}

const KEY_1_MAX = Number.MAX_SAFE_INTEGER; // 2^53 - 1
const KEY_2_MAX = 4_294_967_295; // 2^32 - 1
const INDEX_MAX = 1_048_575; // 2^20 - 1
const WORD = 4_294_967_296;
const UPPER = 67_108_864; // 2^26
const STEP = 1 / 9_007_199_254_740_992; // 2^-53, exact

/** A table without streams. `seed` is the run's, as text. Throws InvariantError where it is missing or has a `/`. */
export function createStreams(seed: string): StreamTable {
  // seedrandom takes a missing seed for "use entropy", and any object for the same seed: neither may reach it.
  assert(typeof seed === 'string' && seed !== '' && !seed.includes('/'), 'a run has a seed, as text without a slash', {
    seed,
  });
  return { seed, label: '', names: [], ids: new Map(), owners: [], keys: [], alea: [], positions: [] };
}

/**
 * The stream of that name, opened if it was not yet.
 *
 * `name` is `<owner>/<purpose>`, the owner being all before the last slash. Throws InvariantError on any other name.
 */
export function openStream(table: StreamTable, hash: HashBackend, name: string): StreamId {
  const known = table.ids.get(name);
  if (known !== undefined) return known;
  const slash = name.lastIndexOf('/');
  assert(slash > 0 && slash < name.length - 1, 'a stream is named <owner>/<purpose>', { name });
  const id = table.names.length;
  table.names.push(name);
  table.ids.set(name, id);
  table.owners.push(name.slice(0, slash));
  derive(table, hash, id);
  return id;
}

/** Key, alea state and position 0 from sha256(seed/label/name): bytes 0-15 are the key, 16-31 as hex alea's seed. */
function derive(table: StreamTable, hash: HashBackend, id: StreamId): void {
  // Encoded, the label has no slash, and neither has the seed: two different triples never give one text.
  const path = `${table.seed}/${encodeURIComponent(table.label)}/${table.names[id]}`;
  const digest = hash.sha256(utf8(path));
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  for (let i = 0; i < 4; i++) table.keys[4 * id + i] = view.getUint32(4 * i);
  writeState(table, id, alea(toHex(digest.subarray(16)), { state: true }).state());
  table.positions[id] = 0;
}

function writeState(table: StreamTable, id: StreamId, state: State.Alea): void {
  table.alea[4 * id] = state.s0;
  table.alea[4 * id + 1] = state.s1;
  table.alea[4 * id + 2] = state.s2;
  table.alea[4 * id + 3] = state.c;
}

/**
 * Derives every stream anew for a fork: keyed draws change, sequences start over. A runtime made before holds the old
 * generators and must be made again.
 */
export function rekey(table: StreamTable, hash: HashBackend, label: string): void {
  table.label = label;
  for (let id = 0; id < table.names.length; id++) derive(table, hash, id);
}

/** The live generators of a table; streams may be opened in the table later on. */
export function createStreamRuntime(table: StreamTable): StreamRuntime {
  return { table, generators: [], exported: [...table.positions], sources: [], block: new Uint32Array(4) };
}

/** Writes the state of every live generator into the table, so that the table alone continues all sequences. */
export function exportState(runtime: StreamRuntime): void {
  const { table, generators, exported } = runtime;
  for (let id = 0; id < generators.length; id++) {
    const generator = generators[id];
    const position = table.positions[id] as number;
    if (generator === undefined || exported[id] === position) continue;
    writeState(table, id, generator.state());
    exported[id] = position;
  }
}

/** The next number of the stream's sequence, in [0, 1), with 53 bits. */
export function nextUniform(runtime: StreamRuntime, id: StreamId): number {
  const generator = runtime.generators[id] ?? wake(runtime, id);
  const positions = runtime.table.positions;
  positions[id] = (positions[id] as number) + 1;
  return generator.double();
}

function wake(runtime: StreamRuntime, id: StreamId): Generator {
  const { table, generators } = runtime;
  assert(id >= 0 && id < table.names.length, 'a draw is from an open stream', { id, streams: table.names.length });
  // Filled up to `id`, since a hole would make every later look-up slow.
  while (generators.length <= id) generators.push(undefined);
  const state = {
    s0: table.alea[4 * id] as number,
    s1: table.alea[4 * id + 1] as number,
    s2: table.alea[4 * id + 2] as number,
    c: table.alea[4 * id + 3] as number,
  };
  const generator = alea('', { state });
  generators[id] = generator;
  runtime.exported[id] = table.positions[id] as number;
  return generator;
}

/**
 * The number that belongs to (stream, key1, key2, index), in [0, 1), with 53 bits, whatever else is drawn and when.
 *
 * `key1` is whole and below 2^53, `key2` below 2^32, `index` below 2^20; no two triples share a number. The Threefry
 * counter is (lower 32 bits of key1, upper 21 bits of key1, key2, half of index), and one block of 128 bits gives
 * two numbers: words 0 and 1 for an even index, 2 and 3 for an odd one.
 * Throws InvariantError on a key off its range.
 */
export function keyedUniform(runtime: StreamRuntime, id: StreamId, key1: number, key2: number, index = 0): number {
  checkKey(runtime, id, key1, key2, index);
  fillBlock(runtime, id, key1, key2, index >>> 1, runtime.block);
  return fromBlock(runtime.block, index);
}

function fillBlock(
  runtime: StreamRuntime,
  id: StreamId,
  key1: number,
  key2: number,
  pair: number,
  to: Uint32Array,
): void {
  threefry(runtime.table.keys, 4 * id, key1 | 0, Math.floor(key1 / WORD), key2 | 0, pair, to);
}

/** 27 bits of one word above 26 of the next. */
function fromBlock(block: Uint32Array, index: number): number {
  const word = (index & 1) << 1;
  return (((block[word] as number) >>> 5) * UPPER + ((block[word + 1] as number) >>> 6)) * STEP;
}

function checkKey(runtime: StreamRuntime, id: StreamId, key1: number, key2: number, index: number): void {
  const inRange =
    id < runtime.table.names.length &&
    key1 >= 0 &&
    key1 <= KEY_1_MAX &&
    Math.floor(key1) === key1 &&
    key2 >>> 0 === key2 &&
    index >>> 0 === index &&
    index <= INDEX_MAX;
  if (!inRange) rejectKey(runtime, id, key1, key2, index);
}

// Apart from the check, so that a draw builds no record of facts.
function rejectKey(runtime: StreamRuntime, id: StreamId, key1: number, key2: number, index: number): never {
  throw new InvariantError('a keyed draw is from an open stream, with whole keys in range', {
    stream: runtime.table.names[id],
    key1,
    key1Max: KEY_1_MAX,
    key2,
    key2Max: KEY_2_MAX,
    index,
    indexMax: INDEX_MAX,
  });
}

/** The stream's sequence as a source for samplers. One object a stream, made at the first call. */
export function sequentialSource(runtime: StreamRuntime, id: StreamId): UniformSource {
  const { sources } = runtime;
  while (sources.length <= id) {
    const own = sources.length;
    sources.push({ uniform: () => nextUniform(runtime, own) });
  }
  return sources[id] as UniformSource;
}

/** Draws at indices 0, 1, 2, ... of one key. Reused: `reset` it, then sample, and nothing is allocated. */
export class KeyedSource implements UniformSource {
  private readonly runtime: StreamRuntime;
  private readonly block = new Uint32Array(4);
  private id = 0;
  private key1 = 0;
  private key2 = 0;
  private index = 0;

  constructor(runtime: StreamRuntime) {
    this.runtime = runtime;
  }

  /** Starts at index 0 of a key. Throws InvariantError as `keyedUniform` does. */
  reset(id: StreamId, key1: number, key2: number): this {
    checkKey(this.runtime, id, key1, key2, 0);
    this.id = id;
    this.key1 = key1;
    this.key2 = key2;
    this.index = 0;
    return this;
  }

  /** Equals `keyedUniform(streams, id, key1, key2, index)`, at half the cost: a block serves two indices. */
  uniform(): number {
    const index = this.index++;
    if ((index & 1) === 0) {
      checkKey(this.runtime, this.id, this.key1, this.key2, index);
      fillBlock(this.runtime, this.id, this.key1, this.key2, index >>> 1, this.block);
    }
    return fromBlock(this.block, index);
  }
}

export function keyedSource(runtime: StreamRuntime): KeyedSource {
  return new KeyedSource(runtime);
}

/** Hands a stream to `owner`, in place of the one in its name. Throws InvariantError when another has it already. */
export function claim(table: StreamTable, id: StreamId, owner: string): void {
  const name = table.names[id] ?? '';
  const present = table.owners[id];
  const isUnclaimed = present === name.slice(0, name.lastIndexOf('/'));
  assert(present !== undefined && (isUnclaimed || present === owner), 'a stream has one owner', {
    name,
    present,
    owner,
  });
  table.owners[id] = owner;
}

/** Self-check: the stream belongs to `ownerPrefix` or to something under it (`relayer` owns `relayer/r1`). */
export function assertOwner(table: StreamTable, id: StreamId, ownerPrefix: string): void {
  const owner = table.owners[id];
  if (owner === ownerPrefix || (owner !== undefined && owner.startsWith(`${ownerPrefix}/`))) return;
  throw new InvariantError('a stream is drawn by its owner', { name: table.names[id], owner, drawnBy: ownerPrefix });
}
