import { SECOND } from '../../base/units.ts';
import { lawMean } from '../../kernel/random/laws.ts';
import { validitiesOf } from '../verifier-tree.ts';
import type { LintRule } from './rule.ts';
import { blockUs } from './short-timeout.ts';

export const slowProvers: LintRule = {
  summary: 'batches close faster than provers prove them',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([lane, { verifier, from }]) =>
      validitiesOf(lane, verifier).flatMap(({ name, path, entry }) => {
        const source = scenario.chains[from];
        const { batch, proving, provers } = entry;
        // On demand nobody asks faster than there is something to carry, which no scenario says in advance.
        if (source === undefined || batch.onDemand) return [];
        const block = blockUs(source);
        const [byCount, byTime] = [batch.blocks * block, batch.every];
        const apart = byCount === 0 ? byTime : byTime === 0 ? byCount : Math.min(byCount, byTime);
        const covered = block === 0 ? 0 : apart / block;
        const { up, down } = provers.breaks ?? {};
        const share = up === undefined || down === undefined ? 1 : lawMean(up) / (lawMean(up) + lawMean(down));
        const each = (lawMean(proving.fixed) + covered * proving.perBlock) / (provers.count * share);
        if (each <= apart) return [];
        const seconds = (us: number): string => `${Math.round(us / SECOND)} s`;
        const what = `${name} closes a batch each ${seconds(apart)}, and its provers finish one each ${seconds(each)}`;
        const reason = 'what waits to be proven grows for as long as the chain goes on';
        return [{ path: ['lanes', lane, 'verifier', ...path, 'proving'], what, reason }];
      }),
    ),
};
