import type { RouteEntry, VerifierEntry } from '../scenario.ts';
import type { Path } from '../text/located.ts';
import { partsOf } from '../verifier-tree.ts';
import type { Hit, LintRule } from './rule.ts';

export const unreachableRoute: LintRule = {
  summary: 'a route that no packet takes, since one above it takes them all',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => visit(['lanes', name, 'verifier'], lane.verifier)),
};

function visit(path: Path, entry: VerifierEntry): Hit[] {
  const below = partsOf(entry).flatMap((part) => visit([...path, ...part.path], part.entry));
  if (entry.kind !== 'route') return below;
  const routes = Object.entries(entry.routes);
  const hidden = routes.flatMap(([name, route], i): Hit[] => {
    const above = routes.slice(0, i).find(([, other]) => covers(other, route));
    if (above === undefined) return [];
    const what = `no packet takes route ${name}`;
    return [{ path: [...path, 'routes', name], what, reason: `${above[0]} stands above it and takes as much or more` }];
  });
  return [...hidden, ...below];
}

/** Whether whatever fits `route` fits `other` too. */
function covers(other: RouteEntry, route: RouteEntry): boolean {
  const sameSenders =
    other.senders === undefined || route.senders?.every((each) => other.senders?.includes(each) === true) === true;
  if (!sameSenders) return false;
  if (other.upTo === undefined) return true;
  return (
    route.upTo !== undefined &&
    route.upTo.asset === other.upTo.asset &&
    Number(route.upTo.decimal) <= Number(other.upTo.decimal)
  );
}
