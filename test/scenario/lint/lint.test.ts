/** The linter: each rule finds what it is for, at its place, and nothing in a scenario that is well put. */
import { describe, expect, it } from 'vitest';
import { formatFinding, lintScenario, trustLines } from '../../../sim/scenario/lint/lint.ts';
import { lintRules } from '../../../sim/scenario/lint/rules.ts';
import { loadScenario } from '../../../sim/scenario/load.ts';
import { optionsFor } from '../../support/scenarios.ts';
import { textOf } from '../../support/sources.ts';

/** Nothing to find but what no scenario can set yet: limits and pauses. */
const SOUND = `l0sim: 1
name: sound
horizon: 10min
chains:
  a: { consensus: { kind: bft }, validators: 4, unbonding: 21d, asset: { name: A, decimals: 6 } }
  p: { consensus: { kind: proof-of-work }, validators: 5, block: 10s, asset: { name: P, decimals: 6 } }
lanes:
  l:
    from: a
    to: p
    verifier: { kind: committee, members: 7, threshold: 5 }
    timeout: 20min
    return-finality: { kind: depth, blocks: 6 }
relayers: { r: { lanes: [l] } }
traffic: { t: { application: token-transfer, lane: l, arrivals: { kind: periodic, every: 10s }, amount: 2 A } }
assume: [{ lying-sources: l, below: 5 }]
`;

function changed(changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`expected ${from} once`);
    return parts.join(to);
  }, SOUND);
}

function findings(text: string): string[] {
  const loaded = loadScenario(text, { ...optionsFor('scenarios/base.yaml'), file: 's.yaml' });
  return lintScenario(loaded).map(({ code, line, column }) => `${code} ${line}:${column}`);
}

const LIMITLESS = ['L131 9:5', 'L132 9:5'];
const COMMITTEE = '{ kind: committee, members: 7, threshold: 5 }';
const tree = (text: string): [string, string] => [COMMITTEE, text];
const three = (threshold: number): string => `{ kind: committee, members: 3, threshold: ${threshold} }`;
const causes = (text: string): [string, string] => ['relayers: {', `causes: ${text}\nrelayers: {`];

const small = '{ kind: route, routes: { s: { up-to: 1 A, verifier: { kind: committee } } },';
const DELEGATED = '{ kind: committee, members: 7, threshold: 5, delegates: { members: 0..2, threshold: 2 } }';
const two = `of: { x: ${three(2)}, y: ${three(2)} }`;
const optional = `required: { x: ${three(2)} }, optional: { y: ${three(2)} }`;
const narrower = `x: { up-to: 5 A, verifier: ${three(2)} }, y: { up-to: 4 A, verifier: ${three(2)} }`;
const NO_ASSUMPTION = ['assume: [{ lying-sources: l, below: 5 }]\n', ''] as const;
const OWN_RETURN = [
  '    timeout: 20min\n',
  '    timeout: 20min\n    return-verifier: { kind: header-chain }\n',
] as const;
const CLAIM = ['l, below: 5', 'l.claim, below: 2'] as const;
const PART = ['l, below: 5', 'l.x, below: 2'] as const;

describe('linter', () => {
  it('finds nothing in a sound scenario but that nothing limits or stops it', () => {
    expect(findings(SOUND)).toEqual(LIMITLESS);
  });

  // Where a finding must stand is told by the text that begins there.
  it.each([
    ['L101', '{ kind: committee', [tree('{ kind: committee, members: 1 }'), ['below: 5', 'below: 1']]],
    ['L101', '{ kind: route', [tree(`${small} otherwise: ${three(2)} }`), NO_ASSUMPTION]],
    ['L102', COMMITTEE, [causes('{ c: { kind: custodian, of: { l: 0..1 } } }')]],
    ['L103', COMMITTEE, [causes('{ c: { kind: rpc-provider, of: { l: 2..3 } } }')]],
    ['L103', '{ kind: committee', [tree(DELEGATED)]],
    ['L104', '{ kind: cloud', [causes('{ c: { kind: cloud, of: { l: 0..2 } } }')]],
    ['L105', 'l, below', [causes('{ c: { kind: client-software, of: { l: 0..4 } } }')]],
    ['L111', '3 }\n', [tree('{ kind: committee, members: 7, threshold: 3 }')]],
    ['L112', '7 }\n', [tree('{ kind: committee, members: 7, threshold: 7 }')]],
    ['L113', '{ kind: threshold', [tree(`{ kind: threshold, at-least: 2, ${two} }`), PART]],
    ['L113', '{ kind: required', [tree(`{ kind: required-optional, at-least: 0, ${optional} }`), PART]],
    [
      'L113',
      '{ kind: any',
      [tree(`{ kind: all, of: { x: ${three(2)}, y: { kind: any, of: { z: ${three(2)} } } } }`), PART],
    ],
    ['L114', '{ kind: committee', [tree(`{ kind: any, of: { x: ${three(2)}, y: { kind: light-client } } }`), PART]],
    ['L115', '{ up-to: 4 A', [tree(`{ kind: route, routes: { ${narrower} } }`), PART]],
    ['L121', '15d', [tree('{ kind: light-client, trusting-period: 15d }'), NO_ASSUMPTION]],
    ['L122', '12s', [['20min', '12s']]],
    ['L124', '{ kind: optimistic', [tree(`{ kind: optimistic, window: 1h, of: ${three(2)} }`), CLAIM]],
    ['L124', '12s', [tree(`{ kind: optimistic, window: 12s, of: ${three(2)}, watchers: { count: 1 } }`), CLAIM]],
    [
      'L121',
      '15d',
      [tree('{ kind: validity-proof, proving: { fixed: 1s }, trusting-period: 15d }'), NO_ASSUMPTION, OWN_RETURN],
    ],
    [
      'L125',
      '{ guardians',
      [tree('{ kind: validity-proof, proving: { fixed: 1s }, key: { guardians: 3 } }'), NO_ASSUMPTION],
    ],
    [
      'L126',
      '{ fixed',
      [tree('{ kind: validity-proof, batch: { every: 20s }, proving: { fixed: 21s } }'), NO_ASSUMPTION],
    ],
    [
      'L126',
      '{ fixed',
      [
        tree(
          '{ kind: validity-proof, batch: { every: 40s }, proving: { fixed: 21s }, provers: { breaks: { up: 1h, down: 1h } } }',
        ),
        NO_ASSUMPTION,
      ],
    ],
    [
      'L123',
      '{ kind: depth',
      [
        ['blocks: 6', 'blocks: 3'],
        ['assume: [', 'assume: [{ reorg: p, at-most: 4 }, '],
      ],
    ],
  ] as const)('finds %s where %j begins', (code, begins, changes) => {
    const text = changed(changes as readonly (readonly [string, string])[]);
    const before = text.slice(0, text.indexOf(begins)).split('\n');
    const place = `${before.length}:${(before.at(-1) ?? '').length + 1}`;
    expect(findings(text).filter((each) => each.startsWith(code))).toEqual([`${code} ${place}`]);
  });

  it.each([
    'proving: { fixed: 1s }, trusting-period: 14d, key: { guardians: 5, timelock: 1h }',
    'proving: { fixed: 21s }, batch: { every: 21s }',
    'proving: { fixed: 60s }, batch: { every: 20s }, provers: { count: 3 }',
    'proving: { fixed: 60s }',
  ])('says nothing of a validity-proof with %s', (verifier) => {
    const text = changed([tree(`{ kind: validity-proof, ${verifier} }`), NO_ASSUMPTION, ['20min', '1h']]);
    expect(findings(text)).toEqual(LIMITLESS);
  });

  it('sees value on lanes behind the first of a way', () => {
    const text = changed([
      ['relayers: { r: { lanes: [l] } }', 'relayers: { r: { lanes: [l, m] } }'],
      [
        '    return-finality: { kind: depth, blocks: 6 }\n',
        `    return-finality: { kind: depth, blocks: 6 }
    limiter: { kind: token-bucket, capacity: 5 A, rate: 1 A }
    pause: { kind: key }
  m: { from: p, to: a, verifier: { kind: committee, members: 7, threshold: 5 }, reverse: l, timeout: 20min, finality: { kind: depth, blocks: 6 } }
`,
      ],
      ['lane: l, arrivals', 'lane: l, route: [m], arrivals'],
    ]);
    expect(findings(text).filter((each) => each.startsWith('L13'))).toEqual(['L131 16:6', 'L132 16:6']);
  });

  it('has a test of each rule, and each rule on its page in its own words', () => {
    const rows = textOf('docs/lint.md')
      .split('\n')
      .filter((line) => line.startsWith('| L'))
      .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
    expect(rows.map(([code, what]) => [code, what])).toEqual(
      Object.entries(lintRules).map(([code, { summary }]) => [code, summary]),
    );
    for (const [, , advice = ''] of rows) expect(advice).toMatch(/\.$/);
  });

  it('says what a lane really trusts', () => {
    const shared = changed([
      causes('{ c: { kind: rpc-provider, of: { l: 0..3 } }, v: { kind: custodian, of: { l: 3..6 } } }'),
    ]);
    expect(trustLines(loadScenario(shared).scenario)).toEqual([
      // Four read through c and three for themselves; four keys lie in v; three that are missing are too many.
      'trust l: fooled by 2 keys (v), 2 data sources (c), either way 2 failures (c); stopped by 1 failure (c)',
    ]);
  });

  it('prints a finding as a compiler would', () => {
    const loaded = loadScenario(changed([['20min', '12s']]), { file: 's.yaml' });
    const found = lintScenario(loaded).find(({ code }) => code === 'L122');
    expect(formatFinding(found!)).toMatch(
      /^warning\[L122\] s\.yaml:12:14: l gives a packet 12 s, and \d+ s are needed on average; /,
    );
  });
});
