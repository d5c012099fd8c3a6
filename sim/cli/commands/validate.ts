/** `l0sim validate`: closed forms and published values, reproduced by ordinary scenarios on the engine. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nobleHash } from '../../base/noble-hash.ts';
import { type Distributions, loadDistributions } from '../../experiment/statistics/distributions.ts';
import type { Case, ValidationModel } from '../../experiment/validation/model.ts';
import { type Judged, judge, judgedFigures, type Row, skipped } from '../../experiment/validation/report.ts';
import { type Answer, askCase, halfWidth, seedOf, type Tools } from '../../experiment/validation/run-target.ts';
import { modelNamed, validationModels } from '../../experiment/validation/table.ts';
import { readTargets, type Target } from '../../experiment/validation/targets.ts';
import { openReplicators } from '../../experiment/workers/replications.ts';
import { nearest } from '../../grammar/nearest.ts';
import { loadScenario } from '../../scenario/load.ts';
import { ScenarioErrors } from '../../scenario/text/errors.ts';
import { EXIT, guard, UsageError } from '../exit-codes.ts';
import { plainTable } from '../figure-table.ts';
import { readInput } from '../files.ts';
import { watchInterruption } from '../interruption.ts';
import { packageRoot } from '../package-facts.ts';
import { openTerminal } from '../terminal.ts';
import { levelOf } from './replicate.ts';

export interface ValidateArguments {
  readonly targets?: string | undefined;
  /** Measured lanes in place of targets. */
  readonly lanes?: string | undefined;
  /** Tables of finality in place of targets. */
  readonly finality?: string | undefined;
  /** Measured deposits in place of targets. */
  readonly deposits?: string | undefined;
  readonly fit?: boolean | undefined;
  readonly only?: readonly string[] | undefined;
  readonly show?: string | undefined;
  readonly out?: string | undefined;
  readonly seed?: string | undefined;
  readonly level?: string | undefined;
  readonly jobs?: number | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Messages, or blocks, that one case of a target may take in all. */
const MOST = 12_000_000;
/** Of a target that names no tolerance: how narrow its intervals are made. */
const TOLERANCE = 0.05;
const LEVEL = '99%';
const SEED = '1';

export async function validateCommand(given: ValidateArguments): Promise<number> {
  if (given.lanes !== undefined)
    return (await import('./validate-lanes.ts')).lanesCommand({ ...given, lanes: given.lanes });
  if (given.finality !== undefined)
    return (await import('./validate-finality.ts')).finalityCommand({ ...given, finality: given.finality });
  if (given.deposits !== undefined)
    return (await import('./validate-deposits.ts')).depositsCommand({ ...given, deposits: given.deposits });
  const targets = targetsOf(given);
  if (given.show !== undefined) return show(given.show, targets, given);
  const chosen = targets.filter((target) => isChosen(target, given.only, targets));
  const terminal = openTerminal(given.quiet === true || given.json === true);
  const judged = await askAll(chosen, given, (target, each) => terminal.say(progressLine(target, each)));
  const results = Object.fromEntries(
    judged.filter(({ result }) => result !== undefined).map(({ rows, result }) => [rows[0]?.id ?? '', result]),
  );
  if (given.out !== undefined) {
    const { out } = given;
    guard(() => writeFileSync(out, `${JSON.stringify(results, undefined, 2)}\n`));
  }
  const rows = judged.flatMap((each) => each.rows);
  if (given.json === true) terminal.out(JSON.stringify({ results, rows, ...tallyOf(rows) }));
  else if (given.quiet !== true) terminal.out(reportText(rows));
  return rows.some(({ judgement }) => judgement === 'FAIL') ? EXIT.violation : EXIT.asExpected;
}

function targetsOf({ targets }: ValidateArguments): Target[] {
  const file = targets ?? join(packageRoot(), 'test/vectors/closed_form_targets.json');
  return readTargets(readInput(file), file === '-' ? 'stdin' : file, modelNamed);
}

function isChosen(target: Target, only: readonly string[] | undefined, all: readonly Target[]): boolean {
  if (only === undefined) return true;
  for (const word of only) {
    if (all.some(({ id, model }) => id === word || model === word)) continue;
    const near = nearest(word, [...Object.keys(validationModels), ...all.map(({ id }) => id)]);
    throw new UsageError(
      `--only ${word}: no target has this model or id${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }
  return only.includes(target.model) || only.includes(target.id);
}

async function askAll(
  targets: readonly Target[],
  given: ValidateArguments,
  onTarget: (target: Target, judged: Judged) => void,
): Promise<Judged[]> {
  const dist: Distributions = await loadDistributions();
  const interruption = watchInterruption();
  const jobs = given.jobs ?? availableParallelism();
  const replicators = await openReplicators(jobs, () => interruption.check('nothing was written'));
  const tools: Tools = { execute: replicators.execute, dist, hash: nobleHash };
  try {
    const all: Judged[] = [];
    for (const target of targets) {
      const judged = await ask(target, given, tools);
      onTarget(target, judged);
      all.push(judged);
    }
    return all;
  } finally {
    interruption.stop();
    await replicators.close();
  }
}

async function ask(target: Target, given: ValidateArguments, tools: Tools): Promise<Judged> {
  const model = modelNamed(target.model);
  if (model === undefined) return skipped(target, `model ${target.model} is not yet built`);
  const refused = model.refuses?.(target.params as never);
  if (refused !== undefined) return skipped(target, refused);
  const figures = judgedFigures(target, model);
  const question = {
    id: target.id,
    model: target.model,
    params: target.params,
    figures,
    tolerance: target.tolerance === undefined || target.tolerance === 0 ? TOLERANCE : target.tolerance,
    seed: given.seed ?? SEED,
    level: levelOf(given.level ?? LEVEL),
    effort: { kind: 'planned', most: MOST },
  } as const;
  const cases = model.cases(target.params as never);
  // The runner makes scenarios of parameters, and some make none: a rate of one in a thousand years.
  const unwritable = cases.map((each) => scenarioProblem(each)).find((problem) => problem !== undefined);
  if (unwritable !== undefined) return skipped(target, `no scenario has these parameters: ${unwritable}`);
  const answers: Answer[] = [];
  for (const [index, each] of cases.entries()) answers.push(await askCase(question, index, each, tools));
  return judge(target, model, answers);
}

function scenarioProblem(asked: Case): string | undefined {
  try {
    loadScenario(asked.scenario(SEED, asked.pilot), { eventBudget: Number.MAX_SAFE_INTEGER });
    return undefined;
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    const [first] = error.problems;
    return first === undefined ? error.message : `${first.what}, expected ${first.expected}`;
  }
}

/** Prints the scenario of a target: `ID`, or `ID/case`. */
function show(name: string, targets: readonly Target[], given: ValidateArguments): number {
  const target = targets.find(({ id }) => id === name || name.startsWith(`${id}/`));
  if (target === undefined) {
    const near = nearest(
      name,
      targets.map(({ id }) => id),
    );
    throw new UsageError(`--show ${name}: no target has this id${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  const model: ValidationModel | undefined = modelNamed(target.model);
  if (model === undefined) throw new UsageError(`--show ${name}: model ${target.model} is not yet built`);
  const refused = model.refuses?.(target.params as never);
  if (refused !== undefined) throw new UsageError(`--show ${name}: ${refused}`);
  const cases = model.cases(target.params as never);
  const wanted = name.slice(target.id.length + 1);
  const chosen = cases.find((each) => each.name === wanted);
  if (chosen === undefined) {
    const names = cases.map((each) => (each.name === '' ? target.id : `${target.id}/${each.name}`));
    throw new UsageError(`--show ${name}: no such case; there are ${names.join(', ')}`);
  }
  const seed = seedOf(given.seed ?? SEED, [target.id, chosen.name, 'main', 0], nobleHash);
  openTerminal(false).out(chosen.scenario(seed, chosen.least).trimEnd());
  return EXIT.asExpected;
}

function progressLine({ id }: Target, { rows }: Judged): string {
  const of = (wanted: string): number => rows.filter(({ judgement }) => judgement === wanted).length;
  if (of('skipped') === rows.length) return `${id}: skipped, ${rows[0]?.reason ?? ''}`;
  return `${id}: ${of('pass')} of ${of('pass') + of('FAIL')} figures pass`;
}

function tallyOf(rows: readonly Row[]): { tried: number; passed: number; failed: number; skipped: number } {
  const targets = [...new Set(rows.map(({ id }) => id))];
  const has = (id: string, wanted: string): boolean => rows.some((row) => row.id === id && row.judgement === wanted);
  const failed = targets.filter((id) => has(id, 'FAIL')).length;
  const tried = targets.filter((id) => has(id, 'FAIL') || has(id, 'pass')).length;
  return { tried, passed: tried - failed, failed, skipped: targets.length - tried };
}

function reportText(rows: readonly Row[]): string {
  const tried = rows.filter(({ judgement }) => judgement !== 'skipped');
  const left = rows.filter(({ judgement }) => judgement === 'skipped');
  const head = ['target', 'figure', 'must be', 'mean', 'interval', '+-', 'allowed', ''];
  const parts: string[] = [];
  if (tried.length > 0) parts.push(plainTable(head, tried.map(tableRow), 2));
  if (left.length > 0) {
    const named = left.map(({ id, figure, reason }) => [figure === '' ? id : `${id} ${figure}`, `skipped: ${reason}`]);
    parts.push(plainTable(['not tried', ''], named, 2));
  }
  const { passed, failed, skipped: without, tried: all } = tallyOf(rows);
  parts.push(`${all} targets tried: ${passed} pass, ${failed} fail; ${without} skipped`);
  return parts.join('\n\n');
}

function tableRow({ id, case: name, figure, target, estimate, tolerance, judgement, reason }: Row): string[] {
  const spell = (value: number | undefined): string =>
    value === undefined ? '-' : Number.isFinite(value) ? String(Number(value.toPrecision(6))) : 'open';
  const percent = (share: number | undefined): string =>
    share === undefined ? '-' : Number.isFinite(share) ? `${Number((share * 100).toPrecision(3))}%` : 'open';
  return [
    name === '' ? id : `${id} ${name}`,
    figure,
    spell(target),
    spell(estimate?.mean),
    `${spell(estimate?.lo)} .. ${spell(estimate?.hi)}`,
    estimate === undefined ? '-' : percent(halfWidth(estimate)),
    tolerance === 0 ? 'exact' : percent(tolerance),
    reason === '' ? judgement : `${judgement}: ${reason}`,
  ];
}
