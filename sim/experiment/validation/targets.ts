/** Files of targets: what closed forms and published tables say, with parameters and tolerance. */
import { z } from 'zod';
import { ScenarioErrors } from '../../scenario/text/errors.ts';
import { isMap } from '../../scenario/text/located.ts';
import { readYaml } from '../../scenario/text/read.ts';
import { problemList, validate } from '../../scenario/text/validate.ts';
import type { ValidationModel } from './model.ts';

const numbers = z.union([z.number(), z.array(z.number())]);

const targetSchema = z.object({
  id: z.string().min(1).describe('name of the target, once in a file'),
  area: z.string().optional().describe('what it belongs to'),
  model: z.string().min(1).describe('name of the model'),
  params: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).describe('parameters of the model'),
  value: z.union([numbers, z.record(z.string(), numbers)]).describe('what it must be'),
  tol: z
    .union([z.literal('exact'), z.number().gt(0)])
    .optional()
    .describe('relative half-width that an interval may have'),
  n99: z.number().gt(0).optional().describe('replications that the tolerance takes'),
  note: z.string().optional().describe('what the number means'),
});

export interface Target {
  readonly id: string;
  readonly model: string;
  /** As the model takes them. */
  readonly params: unknown;
  readonly value: number | readonly number[] | Readonly<Record<string, number | readonly number[]>>;
  /** Relative; 0 for exact, undefined where the file has none. */
  readonly tolerance: number | undefined;
}

/**
 * Reads a file of targets, JSON or YAML. Throws ScenarioErrors with every problem: of those whose model `find` knows,
 * the parameters are checked too.
 */
export function readTargets(
  text: string | Uint8Array,
  file: string,
  find: (model: string) => ValidationModel | undefined,
): Target[] {
  const located = readYaml(text, file, { root: 'list', rounds: true });
  const validated = validate(located, z.array(targetSchema).min(1));
  if (!validated.ok) throw new ScenarioErrors(validated.problems);
  const list = problemList(located);
  const seen = new Set<string>();
  const targets = validated.value.map(({ id, model, params, value, tol }, i): Target => {
    if (seen.has(id)) list.at([i, 'id'], 'E139', 'two targets have one id', { expected: 'another id', got: id });
    seen.add(id);
    if (isMap(value) && Object.keys(value).length === 0) {
      list.at([i, 'value'], 'E139', 'a target says nothing', { expected: 'a number, or figures by name' });
    }
    const known = find(model);
    const tolerance = tol === 'exact' ? 0 : tol;
    if (known === undefined) return { id, model, params, value, tolerance };
    const checked = validate(located, known.params, [i, 'params']);
    if (checked.ok) return { id, model, params: checked.value, value, tolerance };
    list.problems.push(...checked.problems);
    return { id, model, params, value, tolerance };
  });
  if (list.problems.length > 0) throw new ScenarioErrors(list.problems);
  return targets;
}
