import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faults } from '../../../models/faults/faults.ts';
import { drawnKinds, undrawnKinds } from '../../../sim/experiment/plan/plan-faults.ts';
import { loadPlan, planToYaml } from '../../../sim/experiment/plan/plan-yaml.ts';
import { type ScenarioOptions, scenarioArbitrary } from '../../../sim/experiment/plan/scenario-arbitrary.ts';
import { simulate } from '../../../sim/run/run.ts';
import { loadScenario } from '../../../sim/scenario/load.ts';
import { BASE, optionsFor } from '../../support/scenarios.ts';

const LOAD = optionsFor('scenarios/base.yaml');

function sample(options: ScenarioOptions, numRuns: number, seed = 5) {
  return fc.sample(scenarioArbitrary(options), { numRuns, seed });
}

describe('scenario arbitrary', () => {
  it('always: what it draws loads, and the text says what the plan says; can: every kind of thing is drawn', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(scenarioArbitrary({ faults: 'any' }), (plan) => {
        const { scenario } = loadPlan(plan);
        expect(Object.keys(scenario.faults)).toHaveLength(plan.faults.length);
        const sent = Object.values(scenario.traffic).flatMap(({ arrivals }) =>
          arrivals.kind === 'trace' ? arrivals.entries : [],
        );
        expect(sent.map(({ at }) => at / 1000).sort((a, b) => a - b)).toEqual(
          plan.messages.map(({ atMs }) => atMs).sort((a, b) => a - b),
        );
        for (const { kind } of plan.faults) seen.add(kind);
        for (const { kind } of plan.world?.chains ?? []) seen.add(kind);
        for (const { kind } of plan.messages) seen.add(kind);
        for (const { committee } of plan.world?.lanes ?? []) seen.add(committee === undefined ? 'own' : 'committee');
      }),
      { numRuns: 150 },
    );
    const chains = ['parametric', 'proof-of-work', 'bft', 'own', 'committee'];
    const all = [...drawnKinds, ...chains, 'transfer', 'return', 'call', 'revert'];
    expect(all.filter((each) => !seen.has(each))).toEqual([]);
  });

  it('draws every kind of fault that the build has, or says why not', () => {
    expect([...drawnKinds, ...Object.keys(undrawnKinds)].sort()).toEqual(Object.keys(faults).sort());
  });

  it('gives one plan for one seed, and another for another', () => {
    const texts = (seed: number): string[] => sample({}, 5, seed).map(planToYaml);
    expect(texts(3)).toEqual(texts(3));
    expect(texts(3)).not.toEqual(texts(4));
  });

  it('keeps to its options', () => {
    const plans = sample(
      {
        chainsMax: 2,
        chainKinds: ['bft'],
        validatorsMax: 4,
        lanesMax: 1,
        verifiers: ['committee'],
        relayersMax: 1,
        messagesMax: 2,
        messageKinds: ['call'],
        faults: ['rel.stop'],
        faultsMax: 1,
        horizonMs: 20_000,
        name: 'mine',
      },
      40,
    );
    for (const { name, world, messages, faults: planned, horizonMs } of plans) {
      expect(name).toBe('mine');
      expect(world?.chains.map(({ kind }) => kind)).toEqual(['bft', 'bft']);
      expect(Math.max(...(world?.chains ?? []).map(({ powers }) => powers.length))).toBeLessThanOrEqual(4);
      expect(world?.lanes.map(({ committee }) => committee !== undefined)).toEqual([true]);
      expect(messages.length).toBeLessThanOrEqual(2);
      expect(new Set(messages.map(({ kind }) => kind))).toEqual(new Set(['call']));
      expect(planned.every(({ kind }) => kind === 'rel.stop')).toBe(true);
      expect(horizonMs).toBeLessThanOrEqual(21_000);
    }
    expect(Math.max(...plans.map(({ faults: planned }) => planned.length))).toBe(1);
    expect(sample({ faults: 'none' }, 20).every(({ faults: planned }) => planned.length === 0)).toBe(true);
  });

  it.each([
    ['chainsMax', { chainsMax: 1 }],
    ['messagesMax', { messagesMax: 0 }],
    ['verifiers', { verifiers: [] }],
    ['horizonMs', { horizonMs: 0.5 }],
    ['no.such', { faults: ['no.such'] }],
  ] as const)('refuses %s that allows nothing -> RangeError', (word, options) => {
    expect(() => scenarioArbitrary(options as unknown as ScenarioOptions)).toThrow(RangeError);
    expect(() => scenarioArbitrary(options as unknown as ScenarioOptions)).toThrow(word);
  });

  it('inside the assumptions: nothing that must heal lasts beyond GST, and no assumption is broken by a fault', () => {
    for (const plan of sample({ messagesMax: 2, faultsMax: 6 }, 30, 17)) {
      const gstMs = plan.synchrony?.gstMs ?? 0;
      for (const { kind, atMs, forMs, with: given } of plan.faults) {
        const heals = kind.startsWith('net.') || kind.startsWith('node.') || kind === 'mev.censor';
        if (!heals) continue;
        const lasting = forMs ?? Number(String(given['down']).replace('ms', ''));
        expect(atMs + lasting, kind).toBeLessThanOrEqual(Math.max(1, gstMs));
      }
      const { assumptions } = simulate(loadPlan(plan).scenario, { keepsRows: false });
      expect(assumptions.filter(({ holds, faults: by }) => !holds && by !== '')).toEqual([]);
    }
  });

  it('shrinks to what a failure needs: one fault, one message', () => {
    const details = fc.check(
      fc.property(
        scenarioArbitrary({ faults: 'any' }),
        ({ faults: planned, messages }) =>
          !(planned.some(({ kind }) => kind === 'rel.stop') && messages.some(({ kind }) => kind === 'revert')),
      ),
      { seed: 7, numRuns: 1000 },
    );
    const plan = details.counterexample?.[0];
    expect(plan?.faults.map(({ kind, atMs, forMs }) => [kind, atMs, forMs])).toEqual([['rel.stop', 0, 1]]);
    expect(plan?.messages.map(({ kind, atMs, amount }) => [kind, atMs, amount])).toEqual([['revert', 0, 1]]);
    expect(plan?.world?.lanes).toHaveLength(1);
    expect(plan?.world?.relayers).toHaveLength(1);
    expect(plan?.world?.chains.map(({ kind }) => kind)).toEqual(['parametric', 'parametric']);
  });
});

describe('scenario arbitrary over a base', () => {
  it('keeps chains, lanes, relayers and faults of the base, and replaces its traffic', () => {
    const before = loadScenario(BASE, LOAD).scenario;
    for (const plan of sample({ base: BASE, load: LOAD }, 25)) {
      const { scenario } = loadPlan(plan, LOAD);
      expect(scenario.chains).toEqual(before.chains);
      expect(scenario.lanes).toEqual(before.lanes);
      expect(scenario.relayers).toEqual(before.relayers);
      expect(scenario.synchrony).toEqual(before.synchrony);
      expect(scenario.faults['split']).toEqual(before.faults['split']);
      expect(Object.keys(scenario.faults)).toHaveLength(1 + plan.faults.length);
      expect(Object.keys(scenario.traffic)).not.toContain('t');
    }
  });

  it('varies only what it is told to', () => {
    for (const plan of sample({ base: BASE, load: LOAD, vary: ['faults'] }, 10)) {
      const { scenario } = loadPlan(plan, LOAD);
      expect(scenario.seed).toBe('7');
      expect(Object.keys(scenario.traffic)).toEqual(['t']);
    }
  });

  it('names an instant by which faults heal where the base names none', () => {
    const base = BASE.replace('synchrony: { model: partial, gst: 2min, delta: 1s }\n', '');
    const plans = sample({ base, load: LOAD }, 30);
    expect(
      new Set(plans.map(({ faults: planned, synchrony }) => planned.length > 0 === (synchrony !== undefined))),
    ).toEqual(new Set([true]));
  });
});
