import { SECOND } from '../../base/units.ts';
import { lawMean } from '../../kernel/random/laws.ts';
import { optimisticsOf } from '../verifier-tree.ts';
import type { LintRule } from './rule.ts';
import { blockUs } from './short-timeout.ts';

/** Blocks that a dispute waits for: the one that shows the claim, and the one that takes the dispute. */
const BLOCKS = 2;

export const shortWindow: LintRule = {
  summary: 'a window closes before those who watch can have disputed',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([lane, { verifier, to }]) =>
      optimisticsOf(lane, verifier).flatMap(({ name, path, entry }) => {
        const place = ['lanes', lane, 'verifier', ...path];
        if (entry.watchers.count === 0) {
          const reason = 'every claim counts once the window is over, whoever made it';
          return [{ path: place, what: `nobody watches ${name}`, reason }];
        }
        const host = scenario.chains[to];
        const needed = lawMean(entry.watchers.reaction) + BLOCKS * (host === undefined ? 0 : blockUs(host));
        if (entry.window > needed) return [];
        const seconds = (us: number): string => `${Math.round(us / SECOND)} s`;
        const what = `a window of ${seconds(entry.window)}, where a dispute takes ${seconds(needed)} on average`;
        return [{ path: [...place, 'window'], what, reason: 'an honest watcher comes too late' }];
      }),
    ),
};
