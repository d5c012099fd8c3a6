/** Every parameter of a point, fixed or swept, by its path: what a table needs so that it stands by itself. */
import { isMap, type PlainValue } from '../../scenario/text/located.ts';
import { readYaml } from '../../scenario/text/read.ts';
import type { Plan, Point } from './plan.ts';

/** Keys that are no parameters of a run. */
const NOTES = new Set(['l0sim', 'name', 'question', 'seed']);

/** Paths of all parameters of a plan in order, and a function that gives their values at a point. */
export interface Parameters {
  readonly paths: readonly string[];
  valuesOf(point: Point): readonly string[];
}

export function parametersOf(plan: Plan): Parameters {
  const bases = plan.variants.map((variant) => leavesOf(readYaml(variant.scenario, variant.name).value));
  const paths = new Set<string>();
  for (const base of bases) for (const path of base.keys()) paths.add(path);
  for (const { settings } of plan.points) {
    for (const { path, value } of settings) for (const [inner] of settingLeaves(path, value)) paths.add(inner);
  }
  const order = [...paths];
  return {
    paths: order,
    valuesOf(point) {
      const values = new Map(bases[point.variant]);
      for (const { path, value } of point.settings) {
        for (const key of [...values.keys()]) if (key.startsWith(`${path}.`)) values.delete(key);
        for (const [inner, text] of settingLeaves(path, value)) values.set(inner, text);
      }
      return order.map((path) => values.get(path) ?? '');
    },
  };
}

function leavesOf(root: PlainValue): Map<string, string> {
  const leaves = new Map<string, string>();
  if (!isMap(root)) return leaves;
  for (const [key, value] of Object.entries(root)) if (!NOTES.has(key)) walk(value, key, leaves);
  return leaves;
}

function settingLeaves(path: string, value: string): Map<string, string> {
  const leaves = new Map<string, string>();
  const inner = readYaml(`value: ${value}`, path).value;
  walk(isMap(inner) ? (inner['value'] ?? null) : null, path, leaves);
  return leaves;
}

/** Lists are one value: their elements have no names to make columns of. */
function walk(value: PlainValue, path: string, leaves: Map<string, string>): void {
  if (isMap(value) && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`, leaves);
  } else leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value));
}
