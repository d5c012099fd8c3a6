import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkScenarios,
  expectLive,
  expectProperty,
  expectSafe,
  expectVerdict,
  property,
  scenarioArbitrary,
  ScenarioFailure,
  scenarioReporter,
} from '../../sim/entry/testing.ts';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

const CALM = `
l0sim: 1
name: calm
horizon: 1min
drain: 20min
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, verifier: { kind: committee, members: 3, threshold: 2 }, timeout: 40s } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 5s }, amount: 2 A } }
`;
const LIE = `
faults: { lie: { kind: data.lie, target: { committee: a-b, members: 0..1 }, when: { at: 20s, for: 20s }, with: { amount: 5 A } } }
`;
const ASSUMED = 'assume: [{ lying-sources: a-b, below: threshold }]\n';
const STOPPED = `
faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: 10s } } }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-testing-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function failureOf(act: () => unknown): ScenarioFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof ScenarioFailure) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

describe('expectations', () => {
  it('give the result of a run that comes out so', () => {
    expect(expectSafe(CALM).messages.length).toBeGreaterThan(5);
    expect(expectLive(loadScenario(CALM)).digest).toBe(expectSafe(loadScenario(CALM).scenario).digest);
    expectVerdict(CALM, 'as-expected');
  });

  it('safety: say property, message, time, what, and how to replay it', () => {
    const failure = failureOf(() => expectSafe(CALM + LIE, { file: 'lie.yaml' }));
    const { violations, digest } = simulate(loadScenario(CALM + LIE).scenario);
    const first = violations[0];
    expect(failure.property).toBe('no-forgery');
    expect(failure.message).toContain('expected safety, and S1 no-forgery was violated');
    expect(failure.message).toMatch(
      new RegExp(`message +${first?.message}\n +time +2\\d\\.?\\d*s \\(event ${first?.event}\\)`),
    );
    expect(failure.message).toContain(`what      ${first?.what}`);
    expect(failure.message).toContain(`replay    l0sim run lie.yaml --expect-digest ${digest.slice(0, 16)}`);
  });

  it('safety: excuse what a broken assumption explains, unless told to count it', () => {
    expectSafe(CALM + LIE + ASSUMED);
    expect(failureOf(() => expectSafe(CALM + LIE + ASSUMED, { explained: 'count' })).property).toBe('no-forgery');
  });

  it('safety: excuse two thieves of whom each alone would be enough, and not where one is enough for what was not broken', () => {
    const theft = (at: string, members: string): string =>
      `{ kind: keys.steal, target: { committee: a-b, members: ${members} }, when: { at: ${at}, for: 5s }, with: { amount: 5 A } }`;
    const assumed = 'assume: [{ honest-committee: a-b, below: threshold }]\n';
    const both = `faults: { one: ${theft('20s', '0..1')}, two: ${theft('20s', '1..2')} }\n`;
    expect(failureOf(() => expectSafe(CALM + both, { explained: 'count' })).property).toBe('no-forgery');
    expectSafe(CALM + assumed + both);
    // Nobody assumed that data sources tell the truth: the second violates what nothing explains.
    const lie = LIE.replace('faults: { lie:', 'lie:').replace(/ \}\n$/, '');
    expect(
      failureOf(() => expectSafe(`${CALM}${assumed}faults: { one: ${theft('20s', '0..1')}, ${lie.trim()} }\n`))
        .property,
    ).toBe('no-forgery');
  });

  it('excuse nothing that is still there without the faults which broke the assumption', () => {
    const assumed = 'assume: [{ honest-relayers: a-b, at-least: 1 }]\n';
    const stopped = 'rest: { kind: rel.stop, target: { relayer: r }, when: { at: 10s } }';
    const paused = 'rest: { kind: rel.stop, target: { relayer: r }, when: { at: 10s, for: 5s } }';
    // No assumption speaks of it, and it alone is enough.
    const gone = 'gone: { kind: node.crash, target: { chain: b }, when: { at: 20s } }';
    expectLive(`${CALM}${assumed}faults: { ${stopped} }\n`);
    const failure = failureOf(() => expectLive(`${CALM}${assumed}faults: { ${paused}, ${gone} }\n`));
    expect(failure.property).toBe('resolution');
    expect(failure.message).toContain('broken: honest-relayers(a-b)');
  });

  it('liveness: count what is missed, and what the run was too short for', () => {
    expect(failureOf(() => expectLive(CALM + STOPPED)).message).toContain('L2 resolution was violated');
    const short = CALM.replace('drain: 20min', 'drain: 1s').replace('every: 5s', 'every: 1s');
    expect(failureOf(() => expectLive(short)).message).toContain('raise drain');
    expectSafe(CALM + STOPPED);
  });

  it('verdict: name both', () => {
    expectVerdict(CALM + STOPPED, 'violation');
    const { message } = failureOf(() => expectVerdict(CALM + STOPPED, 'as-expected'));
    expect(message).toContain('expected the verdict as-expected, got violation');
    expect(message).toContain('UNEXPLAINED L2 resolution');
  });

  it('keep the scenario in a folder where that is asked', () => {
    const kept = join(folder, 'kept');
    const failure = failureOf(() => expectSafe(CALM + LIE, { folder: kept }));
    const [file = ''] = readdirSync(kept);
    expect(file).toBe(`calm-${failure.hash}.yaml`);
    expect(failure.message).toContain(`l0sim run ${join(kept, file)} --expect-digest`);
    const text = readFileSync(join(kept, file), 'utf8');
    expect(simulate(loadScenario(text).scenario).digest).toBe(failure.digest);
  });
});

const atMostThree = property('at most three packets are under way', {
  initial: () => ({ open: 0 }),
  on(record, state) {
    switch (record.kind) {
      case 'packet-committed':
        state.open += record.fields.amount > 0n ? 1 : 0;
        return state.open > 3 ? { what: `${state.open} under way`, message: `#${record.fields.sequence}` } : undefined;
      case 'packet-acknowledged':
      case 'packet-timed-out':
        state.open--;
        return undefined;
      default:
        return undefined;
    }
  },
});

describe('properties of one’s own', () => {
  it('see typed records, and what they return is a violation with its place', () => {
    expectProperty(CALM.replace('every: 5s', 'every: 20s'), atMostThree);
    const { message, property: name } = failureOf(() =>
      expectProperty(CALM.replace('every: 5s', 'every: 1s'), atMostThree),
    );
    expect(name).toBe('at most three packets are under way');
    expect(message).toMatch(/record +packet-committed, number \d+\n +what +4 under way/);
    expect(message).toMatch(/message +#4\n +time +\d+s \(event \d+\)/);
  });

  it('may throw, also at the end, and each run has a state of its own', () => {
    const thrower = property('nothing is sent', {
      initial: () => ({ sent: 0 }),
      on: ({ kind }, state) => void (kind === 'packet-committed' && state.sent++),
      end: ({ sent }, { messages }) => {
        expect(sent).toBe(0);
        expect(messages).toEqual([]);
      },
    });
    const first = failureOf(() => expectProperty(CALM, [atMostThree, thrower]));
    expect(first.message).toContain('the end of the run');
    expect(failureOf(() => expectProperty(CALM, thrower)).finding).toBe(first.finding);
  });

  it('do not change the run', () => {
    const { digest } = simulate(loadScenario(CALM).scenario);
    expect(
      expectProperty(CALM.replace('every: 5s', 'every: 5s'), property('none', { initial: () => null })).digest,
    ).toBe(digest);
  });
});

describe('checks of random scenarios', () => {
  const parameters = { seed: 3, numRuns: 40 };

  it('leave the smallest failing scenario as a file, once, with the line that replays it to the same digest', () => {
    const own = join(folder, 'own');
    const act = (): void =>
      checkScenarios(
        scenarioArbitrary({ name: 'mine', faults: 'none', chainKinds: ['parametric'], lanesMax: 1, messagesMax: 3 }),
        (plan) => expect(expectSafe(plan).messages.filter(({ outcome }) => outcome === 'unwound')).toEqual([]),
        { ...parameters, folder: own },
      );
    const failure = failureOf(act);
    expect(readdirSync(own)).toEqual([`mine-${failure.hash}.yaml`]);
    const file = join(own, `mine-${failure.hash}.yaml`);
    const text = readFileSync(file, 'utf8');
    const { messages, digest } = simulate(loadScenario(text).scenario);
    expect(messages.map(({ outcome }) => outcome)).toEqual(['unwound']);
    const replay = `l0sim run ${file} --expect-digest ${digest.slice(0, 16)}`;
    expect(failure.message).toContain(replay);
    expect(text).toContain(`# replay: ${replay}`);
    expect(failure.message).toMatch(/again +\{ seed: 3/);
    expect(failure.path).toMatch(/^\d+(:\d+)+$/);
    expect(failure.message).toContain('2 chains, 1 lane, 1 relayer, 1 message, 0 faults');
    expect(failureOf(act).message).toBe(failure.message);
  });

  it('work with plain fast-check by the reporter', () => {
    const plain = join(folder, 'plain');
    const failure = failureOf(() =>
      fc.assert(
        fc.property(scenarioArbitrary({ faults: 'none' }), ({ messages }) => messages.length < 3),
        { ...parameters, reporter: scenarioReporter({ folder: plain }) },
      ),
    );
    expect(failure.message).toContain('3 messages');
    expect(existsSync(join(plain, `random-${failure.hash}.yaml`))).toBe(true);
  });

  it('leave no file where that is told, and none where nothing fails', () => {
    const none = join(folder, 'none');
    checkScenarios(scenarioArbitrary({ messagesMax: 1 }), (plan) => expectSafe(plan), { numRuns: 3, folder: none });
    expect(existsSync(none)).toBe(false);
    const failure = failureOf(() => checkScenarios(scenarioArbitrary(), () => false, { numRuns: 3, folder: false }));
    expect(failure.message).toContain('by returning false');
    expect(existsSync('l0sim-failures')).toBe(false);
  });

  it('inside the assumptions: every scenario is safe and live', () => {
    checkScenarios(
      scenarioArbitrary(),
      (plan) => {
        expectVerdict(plan, 'as-expected');
      },
      { numRuns: 15, folder: false },
    );
  });
});
