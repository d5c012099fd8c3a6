/**
 * The world: one tree of plain values. Everything that a run is lies here, so that bytes of it are a snapshot and two
 * worlds with equal bytes have equal futures.
 */
import type { Instant } from '../base/units.ts';
import type { DigestState } from './digest.ts';
import type { EventQueue } from './event-slots.ts';
import type { StreamTable } from './random/streams.ts';

/** Dense index of an entity. */
export type EntityId = number;

/** Order of the events of one instant. Only time is monotone: an earlier class may still be scheduled for now. */
export const EVENT_CLASS = { fault: 0, delivery: 1, timer: 2, block: 3, trigger: 4, end: 5 } as const;
export type EventClass = keyof typeof EVENT_CLASS;
export const EVENT_CLASSES: readonly EventClass[] = ['fault', 'delivery', 'timer', 'block', 'trigger', 'end'];

export interface Entity {
  readonly id: EntityId;
  readonly kind: string;
  readonly name: string;
  readonly state: unknown;
}

export interface ObserverSlot {
  readonly kind: string;
  readonly state: unknown;
}

/** A pattern of records that wakes an entity, in class `trigger` of the instant of the match. */
export interface Watch {
  /** Name of the record kind. */
  readonly record: string;
  /** Fields that must have these very values. */
  readonly where: readonly (readonly [field: string, value: number | string | boolean | bigint])[];
  readonly entity: EntityId;
  /** Event kind that the entity is woken with. */
  readonly kind: number;
  /** Matches that still wake it. */
  left: number;
}

export interface World {
  /** Version of the layout; a snapshot of another is refused. */
  readonly layout: 1;
  /** Label of the fork that this world is, or the empty string. */
  forkLabel: string;
  readonly queue: EventQueue;
  readonly streams: StreamTable;
  readonly digest: DigestState;
  readonly entities: Entity[];
  /** Shared tables by name. A room reaches its own through one accessor module. */
  readonly tables: Record<string, unknown>;
  readonly observers: ObserverSlot[];
  readonly watches: Watch[];
  now: Instant;
  eventCount: number;
  recordCount: number;
  /** Events run at the present instant so far. */
  eventsAtNow: number;
  ended: boolean;
}
