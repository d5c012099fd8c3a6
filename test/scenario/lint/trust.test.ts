/** What a lane really trusts, against trying every set of failures one by one. */
import '../../support/properties.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustOf } from '../../../sim/scenario/lint/trust.ts';
import { loadScenario } from '../../../sim/scenario/load.ts';
import type { CauseEntry, LaneEntry, Scenario, VerifierEntry } from '../../../sim/scenario/scenario.ts';
import { atLeastOf, partsOf } from '../../../sim/scenario/verifier-tree.ts';

/** Whether a tree believes a false claim, or stands still, when these things have failed: by the rules, not by counting. */
function falls(
  scenario: Scenario,
  entry: VerifierEntry,
  name: string,
  failed: ReadonlySet<string>,
  way: string,
): boolean {
  if (entry.kind === 'committee') {
    const causes = Object.entries(scenario.causes ?? {});
    const carried = (member: number, kind?: CauseEntry['kind']) =>
      causes.filter(
        ([, cause]) =>
          (kind === undefined || cause.kind === kind) &&
          cause.of.some((each) => each.committee === name && each.members.includes(member)),
      );
    const bad = (member: number): boolean => {
      const providers = carried(member, 'rpc-provider');
      const lost = providers.filter(([id]) => failed.has(id)).length;
      const agree = entry.providersAgree ?? providers.length;
      const self = failed.has(`${name}/${member}`);
      const has = (kind: CauseEntry['kind']) => carried(member, kind).some(([id]) => failed.has(id));
      const deceived = (providers.length > 0 ? lost >= agree : self) || has('client-software');
      if (way === 'keys') return self || has('custodian');
      if (way === 'sources') return deceived;
      if (way === 'either') return self || has('custodian') || deceived;
      const silent = providers.length > 0 && providers.length - lost < agree;
      return self || silent || has('custodian') || has('cloud') || has('client-software');
    };
    const count = Array.from({ length: entry.members }, (_, member) => member).filter(bad).length;
    return way === 'halt' ? entry.members - count < entry.threshold : count >= entry.threshold;
  }
  const parts = partsOf(entry).map((part) => ({
    ...part,
    fallen: falls(scenario, part.entry, `${name}.${part.name}`, failed, way),
  }));
  const required = parts.filter(({ isRequired }) => isRequired);
  const optional = parts.filter(({ isRequired }) => !isRequired);
  const fallen = optional.filter((part) => part.fallen).length;
  if (way !== 'halt') return required.every((part) => part.fallen) && fallen >= atLeastOf(entry);
  return required.some((part) => part.fallen) || optional.length - fallen < atLeastOf(entry);
}

function byTrying(scenario: Scenario, lane: LaneEntry, things: readonly string[], way: string): number {
  let best = Infinity;
  for (let mask = 0; mask < 1 << things.length; mask++) {
    const failed = new Set(things.filter((_, bit) => (mask & (1 << bit)) !== 0));
    if (failed.size < best && falls(scenario, lane.verifier, 'l', failed, way)) best = failed.size;
  }
  return best;
}

const committee = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .map(
    ([members, threshold]) => `{ kind: committee, members: ${members}, threshold: ${Math.min(members, threshold)} }`,
  );
const shape = fc.constantFrom(
  ['{ kind: all, of: { x: ', ', y: ', ' } }'],
  ['{ kind: any, of: { x: ', ', y: ', ' } }'],
  ['{ kind: required-optional, at-least: 1, required: { x: ', ' }, optional: { y: ', ' } }'],
);
const cause = fc.tuple(
  fc.constantFrom('custodian', 'cloud', 'client-software', 'rpc-provider'),
  fc.constantFrom('{ l.x: all }', '{ l.y: all }', '{ l: all }', '{ l.x: 0 }', '{ l.x: 0, l.y: 0 }'),
);

describe('trust', () => {
  it('always: the fewest failures are those that trying all of them finds', () => {
    fc.assert(
      fc.property(shape, committee, committee, fc.array(cause, { maxLength: 3 }), ([a, b, c], x, y, list) => {
        const kinds = list.map(([kind]) => kind);
        fc.pre(
          new Set(kinds.filter((kind) => kind !== 'rpc-provider')).size ===
            kinds.filter((kind) => kind !== 'rpc-provider').length,
        );
        const causes = list.map(([kind, of], i) => `c${i}: { kind: ${kind}, of: ${of} }`).join(', ');
        const { scenario } = loadScenario(`l0sim: 1
name: trust
horizon: 1min
chains:
  a: { consensus: { kind: parametric }, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, asset: { name: B, decimals: 6 } }
lanes: { l: { from: a, to: b, verifier: ${a}${x}${b}${y}${c} } }
causes: { ${causes} }
`);
        const lane = scenario.lanes['l']!;
        const members = [x, y].flatMap((text, i) =>
          Array.from({ length: Number(/members: (\d)/.exec(text)![1]) }, (_, m) => `l.${i === 0 ? 'x' : 'y'}/${m}`),
        );
        const things = [...Object.keys(scenario.causes ?? {}), ...members];
        const { real } = trustOf(scenario, 'l', lane);
        for (const way of ['keys', 'sources', 'either', 'halt'] as const) {
          expect([way, real[way].count]).toEqual([way, byTrying(scenario, lane, things, way)]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
