import type { VerifierEntry } from '../scenario.ts';
import type { Path } from '../text/located.ts';
import { partsOf } from '../verifier-tree.ts';
import type { Hit, LintRule } from './rule.ts';

export const degenerateTree: LintRule = {
  summary: 'a part of a tree decides nothing, or is another kind in disguise',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => visit(['lanes', name, 'verifier'], lane.verifier)),
};

function visit(path: Path, entry: VerifierEntry): Hit[] {
  const parts = partsOf(entry);
  const below = parts.flatMap((part) => visit([...path, ...part.path], part.entry));
  const found = whyDegenerate(entry, parts.length);
  return found === undefined ? below : [{ path, ...found }, ...below];
}

function whyDegenerate(entry: VerifierEntry, count: number): Pick<Hit, 'what' | 'reason'> | undefined {
  switch (entry.kind) {
    case 'all':
    case 'any':
      if (count > 1) return undefined;
      return { what: `${entry.kind} of one part`, reason: 'it says the same as the part alone' };
    case 'threshold':
      if (entry.atLeast === count) return { what: `${count} of ${count}`, reason: 'it says the same as all' };
      return entry.atLeast > 1
        ? undefined
        : { what: `one of ${count} is enough`, reason: 'it says the same as any: the weakest part decides' };
    case 'required-optional':
      if (entry.atLeast > 0 || Object.keys(entry.optional).length === 0) return undefined;
      return { what: 'optional parts of which none must accept', reason: 'they cost something and decide nothing' };
    default:
      return undefined;
  }
}
