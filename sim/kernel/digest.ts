/**
 * The digest of a run: a 128-bit rolling mix over every event header and record, closed by SHA-256 every 4,096 events and
 * at the end, so that two runs are compared at the first checkpoint, then at the first record that differs.
 */
import { be64, concatBytes, type HashBackend, toHex } from '../base/bytes.ts';
import { assert } from '../base/assert.ts';
import { createMix, mixBigint, mixBytes, mixFinish, mixNumber, mixString } from '../base/mix.ts';
import type { AnyFields, RecordDefinition } from './record.ts';

/** Events between two checkpoints. */
export const CHECKPOINT_EVENTS = 4_096;

export interface Checkpoint {
  readonly event: number;
  readonly record: number;
  readonly timeUs: number;
  readonly digest: string;
}

export interface DigestState {
  readonly mix: Uint32Array;
  last: Uint8Array;
  /** Checkpoints so far. One line of text each, so a run of a billion events keeps 250,000. */
  readonly checkpoints: Checkpoint[];
}

export function createDigest(): DigestState {
  return { mix: createMix(), last: new Uint8Array(32), checkpoints: [] };
}

export function digestEvent(
  digest: DigestState,
  time: number,
  classAndKind: number,
  target: number,
  a: number,
  b: number,
): void {
  const mix = digest.mix;
  mixNumber(mix, time);
  mixNumber(mix, classAndKind);
  mixNumber(mix, target);
  mixNumber(mix, a);
  mixNumber(mix, b);
}

export function digestRecord(digest: DigestState, kind: number, definition: RecordDefinition, fields: AnyFields): void {
  const mix = digest.mix;
  mixNumber(mix, kind);
  const { order, types } = definition;
  for (let i = 0; i < order.length; i++) {
    const value = fields[order[i] as string];
    switch (types[i]) {
      case 'whole':
      case 'float':
        mixNumber(mix, value as number);
        break;
      case 'flag':
        mixNumber(mix, value === true ? 1 : 0);
        break;
      case 'text':
        mixString(mix, value as string);
        break;
      case 'amount':
        mixBigint(mix, value as bigint);
        break;
      case 'bytes':
        mixBytes(mix, value as Uint8Array);
        break;
      case 'list': {
        const list = value as readonly number[];
        mixNumber(mix, list.length);
        for (const item of list) mixNumber(mix, item);
        break;
      }
      default:
        assert(false, 'a record field has a known type', { record: definition.name, field: order[i] });
    }
  }
}

/** Closes the stretch since the last checkpoint. `positions` are the draws taken from each sequential stream. */
export function closeCheckpoint(
  digest: DigestState,
  hash: HashBackend,
  at: { readonly event: number; readonly record: number; readonly timeUs: number },
  positions: readonly number[],
): Checkpoint {
  const drawn = new Uint8Array(positions.length * 8);
  positions.forEach((position, index) => drawn.set(be64(position), index * 8));
  digest.last = hash.sha256(concatBytes(digest.last, mixFinish(digest.mix), be64(at.event), be64(at.record), drawn));
  const checkpoint: Checkpoint = { ...at, digest: toHex(digest.last) };
  digest.checkpoints.push(checkpoint);
  return checkpoint;
}
