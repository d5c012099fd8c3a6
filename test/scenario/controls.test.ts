/** What is wrong with limiters, pauses and operators, and where. */
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import { BASE, changed, problemsOf } from '../support/scenarios.ts';

const LIMITED =
  'timeout: 4min\n    limiter: { kind: token-bucket, capacity: 5 ATOM, rate: 0.5 ATOM }\n    pause: { kind: key }';
const limited = changed('timeout: 4min', LIMITED);
const acting = (act: string, text = limited): string => `${text}operators:\n  o: { holds: [out], acts: [${act}] }\n`;

describe('scenario: routes', () => {
  const route = (lanes: string, more = ''): string =>
    changed('lane: out\n', `lane: out\n    route: [${lanes}]\n${more}`);

  it('resolve to lanes behind the first', () => {
    expect(loadScenario(route('back')).scenario.traffic['t']).toMatchObject({
      lane: 'out',
      route: ['back'],
      retries: 0,
    });
    expect(loadScenario(BASE).scenario.traffic['t']).not.toHaveProperty('route');
  });

  it.each([
    ['a lane that is not there', route('bakc'), 'E130', 'traffic.t.route.0', 'back'],
    ['a lane that begins elsewhere', route('out'), 'E139', 'traffic.t.route.0', 'from pow'],
    [
      'a lane that never answers',
      route('back').replace('threshold: 2 }', 'threshold: 2 }\n    acknowledge: false'),
      'E139',
      'traffic.t.route.0',
      'how it went',
    ],
    [
      'calls',
      route('back').replace('token-transfer', 'remote-call').replace('    amount: 1.5 ATOM\n', ''),
      'E139',
      'traffic.t.route',
      'only tokens',
    ],
  ])('refuse %s', (_what, text, code, path, words) => {
    const problems = problemsOf(text);
    expect(problems.map((each) => `${each.code} ${each.path}`)).toEqual([`${code} ${path}`]);
    expect(JSON.stringify(problems)).toContain(words);
  });
});

describe('scenario: controls', () => {
  it('resolve to exact decimals and both ends', () => {
    const { scenario } = loadScenario(acting('{ at: 1min, do: pause, lane: out, on: pow }'));
    expect(scenario.lanes['out']?.limiter).toEqual({
      kind: 'token-bucket',
      ends: ['source', 'destination'],
      asset: 'ATOM',
      capacity: '5',
      perSecond: '0.5',
    });
    expect(scenario.operators).toEqual({
      o: { holds: ['out'], acts: [{ do: 'pause', at: 60_000_000, lane: 'out', on: 'pow' }] },
    });
    expect(loadScenario(BASE).scenario).not.toHaveProperty('operators');
  });

  it.each([
    ['a rate of another asset', limited.replace('0.5 ATOM', '0.5 POW'), 'E139', 'lanes.out.limiter.rate', 'POW'],
    [
      'an asset that nobody mints',
      limited.replace('5 ATOM,', '5 ATOMS,'),
      'E138',
      'lanes.out.limiter.capacity',
      'ATOMS',
    ],
    [
      'a limiter that nobody knows',
      limited.replace('token-bucket', 'bucket'),
      'E121',
      'lanes.out.limiter.kind',
      'token',
    ],
    ['a lane that is not there', acting('{ at: 1s, do: pause, lane: ont }'), 'E130', 'operators.o.acts.0.lane', 'ont'],
    ['no end of the lane', acting('{ at: 1s, do: pause, lane: out, on: far }'), 'E139', 'operators.o.acts.0.on', 'far'],
    ['a pause of what has none', acting('{ at: 1s, do: pause, lane: back }'), 'E139', 'operators.o.acts.0.do', 'back'],
    [
      'an opening of what never closes',
      acting('{ at: 1s, do: reopen, lane: out }'),
      'E139',
      'operators.o.acts.0.do',
      'out',
    ],
    [
      'a limit that is not there',
      acting('{ at: 1s, do: set-limit, lane: back, capacity: 1 ATOM, rate: 1 ATOM }'),
      'E139',
      'operators.o.acts.0.do',
      'back',
    ],
    [
      'a second holder',
      `${limited}operators:\n  o: { holds: [out] }\n  p: { holds: [out] }\n`,
      'E139',
      'operators.p.holds.0',
      'o holds',
    ],
  ])('refuse %s', (_what, text, code, path, words) => {
    const problems = problemsOf(text);
    expect(problems.map((each) => `${each.code} ${each.path}`)).toContain(`${code} ${path}`);
    expect(JSON.stringify(problems)).toContain(words);
  });
});
