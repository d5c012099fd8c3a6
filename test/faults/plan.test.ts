import { describe, expect, it } from 'vitest';
import type { Directory } from '../../models/faults/directory.ts';
import { directoryOf } from '../../models/faults/directory.ts';
import { faults } from '../../models/faults/faults.ts';
import { type FaultText, planFault } from '../../models/faults/plan.ts';
import { faultWorld, lasting, SECOND } from '../support/fault-world.ts';

const DIRECTORY: Directory = {
  chains: [
    { name: 'hub', consensus: 'bft', validators: 4 },
    { name: 'pow', consensus: 'proof-of-work', validators: 4 },
    { name: 'far', consensus: 'parametric', validators: 1 },
  ],
  lanes: [
    { name: 'hub-far', source: 0, destination: 2 },
    { name: 'pow-far', source: 1, destination: 2 },
  ],
  relayers: [
    { name: 'r1', lanes: [0, 1] },
    { name: 'r2.1', lanes: [0] },
    { name: 'r2.2', lanes: [0] },
  ],
  traffics: [
    { name: 't', lane: 0 },
    { name: 'p', lane: 1 },
  ],
  committees: [{ name: 'pow-far', lane: 1, members: 3 }],
  causes: [],
  assets: [
    { name: 'ATOM', decimals: 6 },
    { name: 'POW', decimals: 8 },
  ],
  gstUs: 300 * SECOND,
};

const VALID: FaultText = {
  kind: 'node.crash',
  target: { chain: 'hub', validators: [0, 1] },
  when: { at: 0, for: lasting(5) },
  with: {},
};

function plan(change: Partial<FaultText>, directory = DIRECTORY) {
  return planFault(faults, { ...VALID, ...change }, directory, { id: 3, name: 'f' });
}

/** `path: what (expected), hint`. */
function problemsOf(change: Partial<FaultText>, directory = DIRECTORY): string[] {
  const planned = plan(change, directory);
  if (planned.ok) return [];
  return planned.problems.map(({ path, what, expected, hint }) =>
    `${path.join('.')}: ${what} (${expected}) ${hint}`.trim(),
  );
}

describe('faults: plans', () => {
  it('hold ids and microseconds, frozen all the way down', () => {
    const planned = plan({});
    if (!planned.ok) throw new Error('expected a plan');
    expect(planned.value).toMatchObject({
      id: 3,
      name: 'f',
      target: { chain: 0, validators: [0, 1], isWholeChain: false, lane: -1, committee: -1 },
      when: { start: { kind: 'at', atUs: 0 }, lasting: { kind: 'constant', value: 5 * SECOND }, untilUs: -1 },
    });
    expect(Object.isFrozen(planned.value.target.validators)).toBe(true);
  });

  it('take all copies of an entry with a count, and one by its full name', () => {
    const of = (relayer: string) => {
      const planned = plan({ kind: 'rel.stop', target: { relayer } });
      return planned.ok ? planned.value.target.relayers : planned.problems;
    };
    expect(of('r2')).toEqual([1, 2]);
    expect(of('r2.2')).toEqual([2]);
    expect(plan({ kind: 'rel.stop', target: { lane: 'pow-far' } })).toMatchObject({
      value: { target: { relayers: [0] } },
    });
  });

  it('turn amounts into base units', () => {
    const given = { amount: '1.5 POW', receiver: 'thief' };
    const planned = plan({ kind: 'data.lie', target: { committee: 'pow-far' }, with: given });
    expect(planned).toMatchObject({ value: { with: { amount: 150_000_000n, asset: 'POW', receiver: 'thief' } } });
  });

  it('are made against the same names by a world that stands', () => {
    const { simulation } = faultWorld();
    expect(directoryOf(simulation.world, DIRECTORY)).toEqual(DIRECTORY);
  });
});

const whole = { chain: 'hub' };
const first = lasting(5);

describe('faults: what matches nothing or says two things', () => {
  it.each<[string, Partial<FaultText>, string]>([
    ['kind', { kind: 'node.crsh' }, 'kind: unknown fault node.crsh'],
    [
      'chain',
      { target: { chain: 'hubb' } },
      'target.chain: unknown chain hubb (one of hub, pow, far) did you mean hub?',
    ],
    ['index', { target: { chain: 'hub', validators: [3, 4] } }, 'target.validators: no such validators (0..3)'],
    ['no validators', { target: { chain: 'hub', validators: [] } }, 'target.validators: no such validators (0..3)'],
    [
      'member',
      { kind: 'data.lie', target: { committee: 'pow-far', members: [3] }, with: { amount: '1 POW' } },
      'target.members: no such members (0..2)',
    ],
    [
      'committee',
      { kind: 'com.sign-wrong-fork', target: { committee: 'hub-far' } },
      'target.committee: unknown committee hub-far (one of pow-far)',
    ],
    ['missing chain', { target: {} }, 'target: the target is open (exactly one of chain, causes)'],
    [
      'foreign selector',
      { target: { chain: 'hub', relayer: 'r1' } },
      'target.relayer: this kind takes no relayer (one of chain, causes, validators)',
    ],
    [
      'consensus',
      { kind: 'bft.twin', target: { chain: 'pow' } },
      'target.chain: nothing of that kind on the chain (a chain with consensus bft)',
    ],
    [
      'relayer',
      { kind: 'rel.stop', target: { relayer: 'r3' } },
      'target.relayer: unknown relayer r3 (one of r1, r2.1, r2.2) did you mean r1?',
    ],
    [
      'no relayer',
      { kind: 'rel.stop', target: {} },
      'target: the target is open (exactly one of relayer, relayers, lane, provers)',
    ],
    [
      'two',
      { kind: 'mev.censor', target: { ...whole, relayer: 'r1', lane: 'hub-far' } },
      'target: two targets at once (exactly one of relayer, relayers, traffic, lane, watchers)',
    ],
    [
      'stranger',
      { kind: 'mev.censor', target: { chain: 'pow', relayer: 'r2' } },
      'target.chain: nothing of theirs comes to this chain (somebody who submits to this chain)',
    ],
    [
      'lane elsewhere',
      { kind: 'mev.censor', target: { chain: 'far', lane: 'hub-far' } },
      'target.chain: nothing of theirs comes to this chain (somebody who submits to this chain)',
    ],
    [
      'nobody cut off',
      { kind: 'net.partition', target: whole },
      'target: nobody is cut off (validators in the target, or groups)',
    ],
    [
      'group',
      { kind: 'net.partition', target: whole, with: { groups: ['0..1', '2..4'] } },
      'with.groups.1: no such validators (0..3)',
    ],
    [
      'asset',
      { kind: 'data.lie', target: { committee: 'pow-far' }, with: { amount: '1 POV' } },
      'with.amount: unknown asset POV (one of ATOM, POW) did you mean POW?',
    ],
    [
      'digits',
      { kind: 'data.lie', target: { committee: 'pow-far' }, with: { amount: '0.000000001 POW' } },
      'with.amount: finer than the asset (at most 8 digits)',
    ],
    ['no time', { when: { for: first } }, 'when: the fault never begins (at, every or on)'],
    [
      'endless repetition',
      { when: { every: first } },
      'when: what comes again must end (for beside every) add for: how long each time lasts',
    ],
    [
      'no gap',
      { when: { every: lasting(0), for: first } },
      'when.every: no time passes between two starts (a mean of 1us or more)',
    ],
    [
      'early end',
      { when: { at: 300 * SECOND, until: 'gst' } },
      'when.until: the fault ends before it begins (an instant after 300000000us)',
    ],
    [
      'two lengths',
      { kind: 'node.restart', with: { down: '5s' } },
      'when.for: this kind ends by itself (no for) leave for out: the parameters of this kind say how long it lasts',
    ],
    ['after without on', { when: { at: 0, after: 5 } }, 'when.after: after says nothing beside at (no after)'],
    ['record', { when: { on: { record: 'block-decidet' } } }, 'when.on.record: unknown record block-decidet'],
    [
      'field',
      { when: { on: { record: 'block-decided', hight: 5 } } },
      'when.on.hight: unknown field of block-decided hight',
    ],
    ['name', { when: { on: { record: 'block-decided', chain: 'hob' } } }, 'when.on.chain: unknown chain hob'],
    [
      'type',
      { when: { on: { record: 'block-decided', height: 1.5 } } },
      'when.on.height: height can never be that (a whole number)',
    ],
    ['never', { when: { on: { record: 'block-decided' }, count: 0 } }, 'when.count: the fault never acts (1 or more)'],
    ['parameter', { kind: 'net.loss', with: { probability: 1.5 } }, 'with.probability: '],
    ['unknown parameter', { with: { down: '5s' } }, 'with: '],
  ])('%s -> a problem at its place', (_name, change, expected) => {
    const problems = problemsOf(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(expected)).toBe(true);
  });

  it('until GST where there is none -> a problem', () => {
    expect(problemsOf({ when: { at: 0, until: 'gst' } }, { ...DIRECTORY, gstUs: -1 })).toEqual([
      'when.until: delays are never bounded here (an instant) add synchrony: { model: partial, gst, delta }',
    ]);
  });

  it('are told all at once', () => {
    const problems = problemsOf({ target: { chain: 'hubb' }, when: {}, with: { x: 1 } });
    expect(problems).toHaveLength(3);
  });
});
