/** What a fault is: a plan as plain data, and a part that knows how to begin and how to end it. */
import type { z } from 'zod';
import type { PartDescription, PartParameters } from '../../sim/grammar/part.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';
import type { Context, Simulation } from '../../sim/kernel/simulation.ts';
import type { Directory } from './directory.ts';
import type { FaultProblem } from './problems.ts';
import type { TargetRule, Targets } from './selectors.ts';
import type { FaultTiming } from './timing.ts';

/** Assumptions that a fault may break. */
export type TouchedAssumption =
  | 'byzantine'
  | 'synchrony'
  | 'reorg'
  | 'block-gap'
  | 'honest-relayers'
  | 'lying-sources'
  | 'honest-committee'
  | 'serving-provers'
  | 'sound-circuit';

/** One planned fault. Frozen plain data, ids resolved, times in microseconds. */
export interface FaultPlan {
  readonly id: number;
  /** Id in the scenario: the owner of its streams, `fault/<name>`. */
  readonly name: string;
  readonly kind: string;
  readonly target: Targets;
  readonly when: FaultTiming;
  /** Parameters as the part's schema and its `resolve` left them. */
  readonly with: PartParameters;
}

/** What a part is given each time that it acts. */
export interface Fault {
  readonly plan: FaultPlan;
  /** How often it has begun, this time included. */
  readonly start: number;
}

/** What genesis gives to the people of a fault. */
export interface FaultEndowment {
  readonly chain: number;
  readonly account: number;
  readonly asset: string;
  readonly amount: bigint;
}

/** The behaviour of one kind with its parameters. Start and stop run in turn, start first. */
export interface FaultAction {
  /** Adds its people while the world is built. */
  prepare?(simulation: Simulation, plan: FaultPlan): readonly FaultEndowment[];
  start(context: Context, fault: Fault): void;
  stop(context: Context, fault: Fault): void;
  /** How long it lasts, where the kind says so and not `when.for`. */
  readonly lasting?: Law;
}

export interface FaultPart extends PartDescription {
  readonly touches: readonly TouchedAssumption[];
  readonly target: TargetRule;
  /** True where the kind itself says how long it lasts: then `when.for` is refused. */
  readonly endsItself: boolean;
  /** From what the schema gave to what `create` takes, once the target is known: amounts become base units. */
  readonly resolve: (parameters: PartParameters, target: Targets, directory: Directory) => Resolved<PartParameters>;
  readonly create: (parameters: PartParameters) => FaultAction;
}

export type Resolved<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly FaultProblem[] };

/**
 * Declares a kind. The type of its parameters is inferred from their schema and goes no further. `resolve`, where there is
 * one, says what is wrong with the parameters for this target, or gives `create` what it takes in their place.
 */
export function defineFault<Shape extends z.ZodRawShape, Given = z.output<z.ZodObject<Shape>>>(part: {
  readonly summary: string;
  readonly source?: string;
  readonly touches: readonly TouchedAssumption[];
  readonly target: TargetRule;
  readonly parameters: z.ZodObject<Shape>;
  readonly endsItself?: boolean;
  readonly resolve?: (
    parameters: z.output<z.ZodObject<Shape>>,
    target: Targets,
    directory: Directory,
  ) => Resolved<Given>;
  readonly create: (parameters: Given) => FaultAction;
}): FaultPart {
  const { resolve, create, parameters, ...described } = part;
  const asGiven = (value: PartParameters): Resolved<PartParameters> => ({ ok: true, value });
  return Object.freeze({
    ...described,
    endsItself: part.endsItself ?? false,
    parameters: parameters as unknown as z.ZodObject,
    resolve: (resolve ?? asGiven) as FaultPart['resolve'],
    create: create as FaultPart['create'],
  });
}

/** The stream of a fault for one purpose. */
export function faultStream(plan: FaultPlan, purpose: string): string {
  return `fault/${plan.name}/${purpose}`;
}
