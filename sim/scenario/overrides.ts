/** `--set path=value`: a value at a path of the resolved text. */
import { nearest } from '../grammar/nearest.ts';
import { type Place, type Problem, ScenarioErrors } from './text/errors.ts';
import { isMap, type Located, type Path, pathKey, type PlainMap, type PlainValue } from './text/located.ts';
import { readYaml } from './text/read.ts';

export interface Override {
  readonly path: string;
  /** YAML of the value. */
  readonly value: string;
  /** Flag that it came by, for messages. */
  readonly flag?: string;
}

/** Applies overrides in order. A new key may be set in a map that exists; a path through nothing is an error. */
export function applyOverrides(located: Located, overrides: readonly Override[]): Located {
  let value = located.value;
  const problems: Problem[] = [];
  for (const override of overrides) {
    const file = `${override.flag ?? '--set'} ${override.path}`;
    const path = override.path.split('.');
    try {
      const inner = (readYaml(`value: ${override.value}`, file).value as PlainMap)['value'] ?? null;
      value = setAt(value, path, inner, override, file, problems);
      forgetBelow(located.values, path);
      forgetBelow(located.keys, path);
      located.values.set(pathKey(path), { file, line: 1, column: 1 });
      located.keys.set(pathKey(path), { file, line: 1, column: 1 });
    } catch (error) {
      if (!(error instanceof ScenarioErrors)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ScenarioErrors(problems);
  return { ...located, value };
}

/** Places below a path are those of the value that stood there before. */
function forgetBelow(places: Map<string, Place>, path: Path): void {
  const prefix = `${pathKey(path)}\n`;
  for (const key of [...places.keys()]) if (key.startsWith(prefix)) places.delete(key);
}

function setAt(
  root: PlainValue,
  path: readonly string[],
  value: PlainValue,
  override: Override,
  file: string,
  problems: Problem[],
): PlainValue {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const isIndex = Array.isArray(root) && /^\d{1,5}$/.test(head) && Number(head) < root.length;
  if (Array.isArray(root) && isIndex) {
    const copy = [...root];
    copy[Number(head)] = setAt(copy[Number(head)] ?? null, rest, value, override, file, problems);
    return copy;
  }
  const isKey = isMap(root) && head !== '__proto__' && (rest.length === 0 || Object.hasOwn(root, head));
  if (!isMap(root) || !isKey) {
    const known = isMap(root) || Array.isArray(root) ? Object.keys(root) : [];
    const near = nearest(head, known);
    problems.push({
      file,
      line: 1,
      column: 1,
      code: 'E120',
      path: override.path,
      what: `nothing to set at ${override.path}: ${head} is not there`,
      expected: known.length === 0 ? 'a path into the scenario' : `one of ${known.join(', ')}`,
      got: '',
      hint: near === undefined ? '' : `did you mean ${near}?`,
    });
    return root;
  }
  return { ...root, [head]: setAt(root[head] ?? null, rest, value, override, file, problems) };
}
