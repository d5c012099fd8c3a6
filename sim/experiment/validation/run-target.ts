/** Runs a target: replications of its scenarios, as many and as long as its tolerance takes, and what they show. */
import { toHex, utf8, type HashBackend } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import { buildWorld } from '../../run/build/world.ts';
import { drive } from '../../run/drive.ts';
import { createRunParts } from '../../run/parts.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { Distributions } from '../statistics/distributions.ts';
import type { Case, Estimate, Sample, ValidationModel } from './model.ts';

/** One replication, by what a worker needs to make it. */
export interface Task {
  readonly model: string;
  readonly params: unknown;
  readonly case: number;
  readonly seed: string;
  readonly size: number;
}

/** Makes replications, and gives their samples in the order of the tasks. */
export type Execute = (tasks: readonly Task[]) => Promise<readonly Sample[]>;

/** Runs one replication on the engine. The same task gives the same sample anywhere. */
export function replicate(task: Task, find: (model: string) => ValidationModel | undefined): Sample {
  const model = find(task.model);
  assert(model !== undefined, 'a task is of a model that was built', { model: task.model });
  const chosen = model.cases(task.params as never)[task.case];
  assert(chosen !== undefined, 'a task is of a case of its model', { case: task.case });
  const { scenario } = loadScenario(chosen.scenario(task.seed, task.size), { eventBudget: Number.MAX_SAFE_INTEGER });
  const reader = chosen.reader(task.size);
  const sink = {
    onRecord: ({ time }: { readonly time: number }, { name }: { readonly name: string }, fields: object): void =>
      reader.onRecord(time, name, fields as Readonly<Record<string, unknown>>),
  };
  // Nobody judges: what is asked is a figure, and judging costs half of the time.
  const simulation = buildWorld(scenario, createRunParts([]), [sink]);
  drive(simulation, { isResolved: () => false });
  return reader.sample();
}

/** The seed of a replication follows from all that it belongs to: targets and stages share no chance. */
export function seedOf(seed: string, parts: readonly (string | number)[], hash: HashBackend): string {
  const digest = hash.sha256(utf8(`validate/${seed}/${parts.join('/')}`));
  return BigInt(`0x${toHex(digest.subarray(0, 8))}`).toString();
}

/** How much is run. Planned: by a pilot, until the tolerance is met. Given: so many of that size, in units of the least. */
export type Effort =
  | { readonly kind: 'planned'; readonly most: number }
  | { readonly kind: 'given'; readonly replications: number; readonly times: number };

export interface Question {
  readonly id: string;
  readonly model: string;
  readonly params: unknown;
  /** Figures that the tolerance is for, and the tolerance. */
  readonly figures: readonly string[];
  readonly tolerance: number;
  readonly seed: string;
  readonly level: number;
  readonly effort: Effort;
}

export interface Answer {
  readonly case: string;
  readonly estimates: Readonly<Record<string, Estimate>>;
  readonly replications: number;
  readonly size: number;
}

/** Replications of a pilot, and of the run that it plans: enough that their means are near normal. */
const PILOT = 16;
const MAIN = 24;
/** Half-width to aim at, over the tolerance: a pilot's variance is off by a third now and then. */
const AIM = 0.85;
/** Times that a run which came out too wide is gone on with. */
const EXTENSIONS = 2;

export interface Tools {
  readonly execute: Execute;
  readonly dist: Distributions;
  readonly hash: HashBackend;
}

export async function askCase(question: Question, index: number, asked: Case, tools: Tools): Promise<Answer> {
  const { effort } = question;
  const taskOf = (stage: string, number: number, size: number): Task => {
    const seed = seedOf(question.seed, [question.id, asked.name, stage, number], tools.hash);
    return { model: question.model, params: question.params, case: index, seed, size };
  };
  const run = (stage: string, from: number, to: number, size: number): Promise<readonly Sample[]> =>
    tools.execute(Array.from({ length: to - from }, (_, i) => taskOf(stage, from + i, size)));
  const answer = (samples: readonly Sample[], size: number): Answer => ({
    case: asked.name,
    estimates: asked.estimates(samples, question.level, tools.dist),
    replications: samples.length,
    size,
  });
  if (asked.exact !== undefined) {
    return answer(await tools.execute(asked.exact.map((size, i) => taskOf('main', i, size))), asked.least);
  }
  if (effort.kind === 'given') {
    const size = Math.ceil(asked.least * effort.times);
    return answer(await run('main', 0, effort.replications, size), size);
  }
  const pilot = answer(await run('pilot', 0, PILOT, asked.pilot), asked.pilot);
  const factor = excess(pilot, question) / AIM;
  const wanted = PILOT * asked.pilot * factor * factor;
  const planned = Math.max(asked.least, Math.ceil(Math.min(wanted, effort.most) / MAIN));
  const size = Math.min(planned, asked.most ?? Infinity);
  let samples = await run('main', 0, MAIN, size);
  let found = answer(samples, size);
  for (let extension = 0; extension < EXTENSIONS; extension++) {
    const over = excess(found, question);
    if (over <= 1) break;
    const more = Math.ceil((samples.length * over * over) / AIM);
    if (more * size > effort.most) break;
    samples = [...samples, ...(await run('main', samples.length, more, size))];
    found = answer(samples, size);
  }
  return found;
}

/** Largest half-width over what the tolerance allows. */
function excess({ estimates }: Answer, { figures, tolerance }: Question): number {
  let worst = 0;
  for (const figure of figures) {
    const estimate = estimates[figure];
    if (estimate === undefined) continue;
    worst = Math.max(worst, halfWidth(estimate) / tolerance);
  }
  // An open interval says nothing of how much more it takes.
  return Number.isFinite(worst) ? worst : 3;
}

/** Half-width over the estimate. */
export function halfWidth({ mean, lo, hi }: Estimate): number {
  if (hi === lo) return 0;
  return mean === 0 ? Infinity : (hi - lo) / 2 / Math.abs(mean);
}
