import { HOUR } from '../../base/units.ts';
import { validitiesOf } from '../verifier-tree.ts';
import type { LintRule } from './rule.ts';

/** @source pauses of bridges that were robbed came after 40, 46, 90 and 150 minutes, a day, and six days: under an hour few would do. */
const LEAST = HOUR;

export const hastyKey: LintRule = {
  summary: 'a circuit may be replaced sooner than anybody can stop it',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([lane, { verifier }]) =>
      validitiesOf(lane, verifier).flatMap(({ name, path, entry }) => {
        if (entry.key === undefined || entry.key.timelock >= LEAST) return [];
        const what = `guardians of ${name} have a new circuit count after ${Math.round(entry.key.timelock / 1_000_000)} s`;
        const reason = 'whoever has their keys proves anything before the theft is seen';
        return [{ path: ['lanes', lane, 'verifier', ...path, 'key'], what, reason }];
      }),
    ),
};
