/**
 * The event loop: takes the next event by its total key, hands it to the behaviour of its entity, and mixes it and every
 * record it publishes into the digest. Knows no chain.
 */
import { assert, InvariantError, present } from '../base/assert.ts';
import type { HashBackend } from '../base/bytes.ts';
import { type Instant, START, uncheckedInstant } from '../base/units.ts';
import {
  CHECKPOINT_EVENTS,
  type Checkpoint,
  closeCheckpoint,
  createDigest,
  digestEvent,
  digestRecord,
} from './digest.ts';
import { cancel as cancelEvent, peekTime, pop, push } from './event-queue.ts';
import { createQueue, type EventHandle, type EventQueue } from './event-slots.ts';
import { decodePlain, encodePlain } from './plain-data.ts';
import {
  createStreams,
  createStreamRuntime,
  exportState,
  type KeyedSource,
  keyedSource,
  keyedUniform,
  nextUniform,
  openStream,
  rekey,
  sequentialSource,
  type StreamId,
  type StreamRuntime,
} from './random/streams.ts';
import type { UniformSource } from './random/samplers.ts';
import type { AnyFields, FieldMap, RecordDefinition, RecordFields } from './record.ts';
import {
  type Entity,
  type EntityId,
  EVENT_CLASS,
  type EventClass,
  EVENT_CLASSES,
  type Watch,
  type World,
} from './world.ts';

/** More events than this at one instant means a loop that never lets time pass: a defect of l0sim. */
export const EVENTS_AT_ONE_INSTANT_MAX = 1_000_000;

/** The event that a handler is given. One object, reused: copy what must outlive the call. */
export type CurrentEvent = Pick<
  EventQueue,
  'time' | 'class' | 'sequence' | 'kind' | 'target' | 'a' | 'b' | 'payload' | 'cause'
>;

/** What a handler may use. It writes its own `state` and the tables of its room, and nothing else. */
export interface Context {
  readonly now: Instant;
  readonly world: World;
  readonly hash: HashBackend;
  /** Runs event `kind` of `target` at `at`, in its class. `a` and `b` are numbers, `payload` any plain value. */
  schedule(
    cls: EventClass,
    target: EntityId,
    kind: number,
    at: Instant,
    a?: number,
    b?: number,
    payload?: unknown,
  ): EventHandle;
  /** False when the event has run or was cancelled already. */
  cancel(handle: EventHandle): boolean;
  record<F extends FieldMap>(definition: RecordDefinition<F>, fields: RecordFields<F>): void;
  /** The stream of an owner and a purpose, `relayer/r1/backoff`; opened at first use. */
  stream(name: string): StreamId;
  /** Next draw in sequence, for processes without identity. */
  draw(stream: StreamId): number;
  /** A draw that belongs to a thing, whatever else is drawn. */
  drawKeyed(stream: StreamId, key1: number, key2: number, index?: number): number;
  source(stream: StreamId): UniformSource;
  /** Reused object: sample from it before the next call. */
  keyed(stream: StreamId, key1: number, key2: number): UniformSource;
  /** An adversary's choice among `options`, drawn here; scripted or enumerated by other drivers. */
  choose(name: string, options: number): number;
  /** Ends the run after this event. */
  end(): void;
}

/** How entities of one kind act. `events` names the event kinds by number, for traces and messages. */
export interface Behaviour<State = never> {
  readonly kind: string;
  readonly events: readonly string[];
  handle(state: State, event: CurrentEvent, context: Context): void;
}

/** Where a record stands in the trace. */
export interface RecordPlace {
  readonly index: number;
  readonly time: Instant;
  /** Number of the event that published it, from 1; 0 before the first. */
  readonly event: number;
  /** Number of the event that scheduled that one; 0 where none did. */
  readonly cause: number;
}

/** Folds records into its own state; part of the snapshot. Subscribes by record name: what it does not name costs nothing. */
export interface Observer<State = never> {
  readonly kind: string;
  create(): State;
  readonly on: Readonly<Record<string, (state: State, fields: never, place: RecordPlace) => void>>;
}

/** Outside of the snapshot: sees every record, changes nothing. */
export interface Sink {
  onRecord?(place: RecordPlace, definition: RecordDefinition, fields: AnyFields): void;
  onCheckpoint?(checkpoint: Checkpoint): void;
}

export interface SimulationParts {
  readonly hash: HashBackend;
  readonly records: readonly RecordDefinition[];
  readonly behaviours: readonly Behaviour[];
  readonly observers: readonly Observer[];
}

type Subscriber = (fields: never, place: RecordPlace) => void;

export class Simulation implements Context {
  readonly world: World;
  readonly hash: HashBackend;
  private readonly parts: SimulationParts;
  private readonly recordNumbers = new Map<RecordDefinition, number>();
  private readonly subscribers: Subscriber[][] = [];
  private readonly behaviourOf: Behaviour[] = [];
  private readonly behavioursByKind = new Map<string, Behaviour>();
  private readonly streams: StreamRuntime;
  private readonly keyedDraws: KeyedSource;
  private readonly sinks: Sink[] = [];
  private readonly place = { index: 0, time: START, event: 0, cause: 0 };
  private recording = false;

  constructor(world: World, parts: SimulationParts) {
    this.world = world;
    this.parts = parts;
    this.hash = parts.hash;
    for (const behaviour of parts.behaviours) this.behavioursByKind.set(behaviour.kind, behaviour);
    parts.records.forEach((definition, number) => {
      this.recordNumbers.set(definition, number);
      this.subscribers.push([]);
    });
    for (const entity of world.entities) this.bind(entity);
    this.streams = createStreamRuntime(world.streams);
    this.keyedDraws = keyedSource(this.streams);
    this.subscribe();
  }

  get now(): Instant {
    return this.world.now;
  }

  private bind(entity: Entity): void {
    const behaviour = this.behavioursByKind.get(entity.kind);
    this.behaviourOf.push(present(behaviour, 'every entity has a behaviour', { kind: entity.kind }));
  }

  private subscribe(): void {
    const byName = new Map(this.parts.records.map((definition, number) => [definition.name, number]));
    for (const slot of this.world.observers) {
      const observer = this.parts.observers.find((candidate) => candidate.kind === slot.kind);
      assert(observer !== undefined, 'every observer of a world has code', { kind: slot.kind });
      for (const name of Object.keys(observer.on)) {
        const number = present(byName.get(name), 'an observer subscribes to declared records', { name });
        const fold = observer.on[name] as (state: unknown, fields: never, place: RecordPlace) => void;
        const state = slot.state;
        (this.subscribers[number] as Subscriber[]).push((fields, place) => fold(state, fields, place));
      }
    }
    for (const watch of this.world.watches) this.listen(watch);
  }

  /** ORDER: woken by an event and never called, so that a match changes nothing before the event that made it is over. */
  private listen(watch: Watch): void {
    const number = this.parts.records.findIndex((definition) => definition.name === watch.record);
    assert(number !== -1, 'a watch is on a declared record', { record: watch.record });
    (this.subscribers[number] as Subscriber[]).push((fields: AnyFields) => {
      if (watch.left === 0 || watch.where.some(([field, value]) => fields[field] !== value)) return;
      watch.left--;
      this.schedule('trigger', watch.entity, watch.kind, this.world.now);
    });
  }

  /** Adds a watch while the world is built. */
  addWatch(watch: Watch): void {
    this.world.watches.push(watch);
    this.listen(watch);
  }

  addSink(sink: Sink): void {
    this.sinks.push(sink);
  }

  /** Adds an entity while the world is built. `id` is dense and returned in order. */
  addEntity(kind: string, name: string, state: unknown): EntityId {
    const entity: Entity = { id: this.world.entities.length, kind, name, state };
    this.world.entities.push(entity);
    this.bind(entity);
    return entity.id;
  }

  /** Adds an observer while the world is built, before the first record. */
  static observe(world: World, observer: Observer): void {
    world.observers.push({ kind: observer.kind, state: observer.create() });
  }

  schedule(cls: EventClass, target: EntityId, kind: number, at: Instant, a = 0, b = 0, payload?: unknown): EventHandle {
    const world = this.world;
    assert(at >= world.now, 'time never goes back', { now: world.now, at, target, kind });
    assert(target < world.entities.length, 'an event is for an entity that exists', { target });
    return push(world.queue, at, EVENT_CLASS[cls], kind, target, a, b, payload, world.eventCount);
  }

  cancel(handle: EventHandle): boolean {
    return cancelEvent(this.world.queue, handle);
  }

  record<F extends FieldMap>(definition: RecordDefinition<F>, fields: RecordFields<F>): void {
    const erased = definition as unknown as RecordDefinition;
    const number = this.recordNumbers.get(erased);
    if (number === undefined) throw new InvariantError('a record kind is declared', { name: definition.name });
    assert(!this.recording, 'an observer publishes no record', { name: definition.name });
    const world = this.world;
    digestRecord(world.digest, number, erased, fields as AnyFields);
    const place = this.place;
    place.index = world.recordCount++;
    place.time = world.now;
    place.event = world.eventCount;
    this.recording = true;
    const subscribers = this.subscribers[number] as Subscriber[];
    for (let i = 0; i < subscribers.length; i++) (subscribers[i] as Subscriber)(fields as never, place);
    for (let i = 0; i < this.sinks.length; i++) this.sinks[i]?.onRecord?.(place, erased, fields as AnyFields);
    this.recording = false;
  }

  stream(name: string): StreamId {
    return openStream(this.world.streams, this.hash, name);
  }

  draw(stream: StreamId): number {
    return nextUniform(this.streams, stream);
  }

  drawKeyed(stream: StreamId, key1: number, key2: number, index = 0): number {
    return keyedUniform(this.streams, stream, key1, key2, index);
  }

  source(stream: StreamId): UniformSource {
    return sequentialSource(this.streams, stream);
  }

  keyed(stream: StreamId, key1: number, key2: number): UniformSource {
    this.keyedDraws.reset(stream, key1, key2);
    return this.keyedDraws;
  }

  choose(name: string, options: number): number {
    assert(Number.isSafeInteger(options) && options > 0, 'a choice has at least one option', { name, options });
    return Math.floor(this.draw(this.stream(`choice/${name}`)) * options);
  }

  end(): void {
    this.world.ended = true;
  }

  /** Runs the next event. False when the world has ended or ran dry. */
  step(): boolean {
    const world = this.world;
    if (world.ended) return false;
    const queue = world.queue;
    if (!pop(queue)) return false;
    this.enter(queue);
    digestEvent(world.digest, queue.time, queue.class * 65_536 + queue.kind, queue.target, queue.a, queue.b);
    this.place.cause = queue.cause;
    const behaviour = this.behaviourOf[queue.target] as Behaviour;
    behaviour.handle((world.entities[queue.target] as Entity).state as never, queue, this);
    if (world.eventCount % CHECKPOINT_EVENTS === 0) this.checkpoint();
    return true;
  }

  private enter(queue: EventQueue): void {
    const world = this.world;
    assert(queue.time >= world.now, 'time never goes back', { now: world.now, at: queue.time });
    if (queue.time === world.now) {
      world.eventsAtNow++;
      assert(world.eventsAtNow <= EVENTS_AT_ONE_INSTANT_MAX, 'time passes', {
        now: world.now,
        entity: world.entities[queue.target]?.name,
      });
    } else {
      // Checked when it was pushed: this is the path of every event.
      world.now = uncheckedInstant(queue.time);
      world.eventsAtNow = 1;
    }
    world.eventCount++;
  }

  /** Runs until the world ends, runs dry, or `events` more events have run. Returns how many ran. */
  run(events = Number.POSITIVE_INFINITY): number {
    let ran = 0;
    while (ran < events && this.step()) ran++;
    return ran;
  }

  nextEventTime(): Instant | undefined {
    const time = peekTime(this.world.queue);
    return time === undefined ? undefined : uncheckedInstant(time);
  }

  checkpoint(): Checkpoint {
    const world = this.world;
    exportState(this.streams);
    const at = { event: world.eventCount, record: world.recordCount, timeUs: world.now };
    const checkpoint = closeCheckpoint(world.digest, this.hash, at, world.streams.positions);
    for (const sink of this.sinks) sink.onCheckpoint?.(checkpoint);
    return checkpoint;
  }

  /** Bytes of the whole world between two events. */
  snapshot(): Uint8Array {
    exportState(this.streams);
    return encodePlain(this.world);
  }

  /** What `event` is called in messages: `relayer r1: poll at 12.000s`. */
  describe(event: CurrentEvent): string {
    const entity = this.world.entities[event.target] as Entity;
    const name = this.behavioursByKind.get(entity.kind)?.events[event.kind] ?? `event ${event.kind}`;
    return `${entity.kind} ${entity.name}: ${name} (${EVENT_CLASSES[event.class]}) at ${event.time}us`;
  }
}

/** A world with nothing in it. `seed` is the decimal string of the scenario. */
export function createWorld(seed: string): World {
  return {
    layout: 1,
    forkLabel: '',
    queue: createQueue(),
    streams: createStreams(seed),
    digest: createDigest(),
    entities: [],
    tables: {},
    observers: [],
    watches: [],
    now: START,
    eventCount: 0,
    recordCount: 0,
    eventsAtNow: 0,
    ended: false,
  };
}

/** The world of a snapshot, in any process of the same build. Throws InvariantError on bytes of another layout. */
export function restoreWorld(bytes: Uint8Array): World {
  const world = decodePlain(bytes) as World;
  assert(world.layout === 1, 'a snapshot is of this layout', { layout: world.layout });
  return world;
}

/** A world that starts as the snapshot does and draws afresh: every stream is keyed anew by `label`. */
export function forkWorld(bytes: Uint8Array, label: string, hash: HashBackend): World {
  const world = restoreWorld(bytes);
  world.forkLabel = world.forkLabel === '' ? label : `${world.forkLabel}/${label}`;
  rekey(world.streams, hash, world.forkLabel);
  return world;
}
