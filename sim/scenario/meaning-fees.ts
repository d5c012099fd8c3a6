/** What a lane charges must be payable in its asset, and earned at the end that it is paid at. */
import type { FeesEntry, LaneEntry, Scenario } from './scenario.ts';
import type { ProblemList } from './text/validate.ts';

/** Amounts of whole units that terms name, by key of the file. */
function amountsOf(fees: FeesEntry): readonly (readonly [string, string])[] {
  if (fees === 'unpaid') return [];
  switch (fees.kind) {
    case 'ahead':
      return [['flat', fees.flat]];
    case 'incentive':
      return [
        ['receive', fees.receive],
        ['acknowledge', fees.acknowledge],
        ['time-out', fees.timeOut],
      ];
    case 'on-delivery':
      return [];
  }
}

export function checkFees(scenario: Scenario, id: string, list: ProblemList): void {
  const { fees, from, acknowledge } = scenario.lanes[id] as LaneEntry;
  const asset = scenario.chains[from]?.asset;
  for (const [key, decimal] of amountsOf(fees)) {
    const digits = (decimal.split('.')[1] ?? '').replace(/0+$/, '').length;
    if (asset === undefined || digits <= asset.decimals) continue;
    list.at(['lanes', id, 'fees', key], 'E138', `${asset.name} has ${asset.decimals} decimals`, {
      expected: `at most ${asset.decimals} digits behind the point`,
      got: decimal,
    });
  }
  if (fees !== 'unpaid' && fees.kind === 'incentive' && !acknowledge) {
    list.at(['lanes', id, 'fees'], 'E139', 'who delivers is paid when the source hears of it, and here it never does', {
      expected: 'acknowledge: true, or fees ahead',
      got: 'acknowledge: false',
    });
  }
}
