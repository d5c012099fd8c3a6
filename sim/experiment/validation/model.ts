/**
 * What a validated model is: how its parameters become an ordinary scenario, and what is read of the records of a run.
 * Nothing here knows a simulator model or a sampler: what is judged is what everybody runs.
 */
import type { z } from 'zod';
import type { Distributions } from '../statistics/distributions.ts';

/** Numbers that one replication leaves, by name. */
export type Sample = Readonly<Record<string, readonly number[] | Float64Array>>;

/** An interval of a figure; of an exact one, three times its value. */
export interface Estimate {
  readonly mean: number;
  readonly lo: number;
  readonly hi: number;
}

/** Reads the records of one replication as they are published. `time` is in microseconds. */
export interface Reader {
  onRecord(time: number, kind: string, fields: RecordValues): void;
  sample(): Sample;
}

export type RecordValues = Readonly<Record<string, unknown>>;

/** One question to the simulator: a scenario that can be made longer or shorter, and how its runs are read. */
export interface Case {
  /** Empty for the one whose figures are the results of the target; others must show the same value. */
  readonly name: string;
  /** Size of a pilot replication, in whatever the scenario counts: messages, blocks, packets. */
  readonly pilot: number;
  /** Size below which a replication would be mostly warm-up. */
  readonly least: number;
  /** Size above which a replication would be longer than a scenario may be. */
  readonly most?: number;
  /** Sizes of the replications of which an answer without chance is made, in place of any planning. */
  readonly exact?: readonly number[];
  scenario(seed: string, size: number): string;
  reader(size: number): Reader;
  estimates(samples: readonly Sample[], level: number, dist: Distributions): Readonly<Record<string, Estimate>>;
}

export interface ValidationModel {
  readonly summary: string;
  readonly params: z.ZodType;
  /** Figure that a target's value is where it is one number. */
  readonly single: string;
  /** Figures that a target's values are, in their order, where it is a list of them. */
  readonly listed?: readonly string[];
  /** Figures that are shown and not judged, and why. */
  readonly shown?: Readonly<Record<string, string>>;
  /** Why no scenario has these parameters, where none has. */
  refuses?(params: never): string | undefined;
  /** Takes what `params` has checked. */
  cases(params: never): readonly Case[];
}

/** Keeps the parameters' type between schema and cases, and out of the table. */
export function defineModel<P>(model: {
  readonly summary: string;
  readonly params: z.ZodType<P>;
  readonly single: string;
  readonly listed?: readonly string[];
  readonly shown?: Readonly<Record<string, string>>;
  refuses?(params: P): string | undefined;
  cases(params: P): readonly Case[];
}): ValidationModel {
  return model as unknown as ValidationModel;
}
