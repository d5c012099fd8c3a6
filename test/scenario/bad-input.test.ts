/**
 * Bad input, one change of a valid scenario at a time. Cases B01 to B39 are those of FAULTS_AND_PROPERTIES section 5; places
 * are counted by hand in the text of `BASE`, from 1.
 */
import { describe, expect, it } from 'vitest';
import { PROBLEMS_SHOWN } from '../../sim/scenario/text/errors.ts';
import { BASE, changed, messageOf, problemsOf } from '../support/scenarios.ts';

/** Milliseconds that a refusal may take. */
const REFUSAL_MAX = 1_000;

type Place = `${number}:${number}`;
type Case = readonly [name: string, text: string | Uint8Array, code: string, place: Place, words: RegExp];

const NINE = 'abcdefghi';
const ALIAS_BOMB = [...NINE]
  .map(
    (key, i) =>
      `${key}: &${key} [${Array(9)
        .fill(i === 0 ? 'x' : `*${NINE[i - 1]}`)
        .join(', ')}]\n`,
  )
  .join('');
const LATIN_1 = new Uint8Array([...new TextEncoder().encode('l0sim: 1\nname: caf'), 0xe9, 0x0a]);
const FAST_FOREVER = `l0sim: 1
name: forever
horizon: 3650d
chains:
  a: { consensus: { kind: parametric }, block: 1us }
`;

/** The base scenario with another fault, `with` in the line below `when`. */
function fault(kind: string, target: string, parameters?: string): string {
  const text = changed('net.partition', kind).replace('{ chain: hub, validators: 0..0 }', target);
  const when = 'when: { at: 4min, for: 1min }\n';
  return parameters === undefined ? text : text.replace(when, `${when}    with: ${parameters}\n`);
}

const SYNTAX: readonly Case[] = [
  ['B01 a tab that indents', 'l0sim: 1\n\tname: x\n', 'E101', '2:1', /a tab indents .*expected spaces/],
  ['B01 a tab within a map', changed('    validators: 4', '\tvalidators: 4'), 'E101', '10:1', /a tab indents/],
  ['broken YAML', changed('[3, 2, 1]', '[3, 2, 1'), 'E101', '18:5', /the text is no YAML/],
  ['a control character', changed('What does', 'What \u0007does'), 'E101', '3:16', /control character/],
  [
    'a control character by escape',
    changed('What does the loader make of this?', '"\\e[2J"'),
    'E101',
    '3:11',
    /control/,
  ],
  [
    'B02 a key twice',
    changed('    validators: 4', '    validators: 4\n    validators: 5'),
    'E102',
    '11:5',
    /key validators stands twice .*at 10:5 already/,
  ],
  ['B03 a second document', `${BASE}---\nl0sim: 1\n`, 'E103', '46:1', /a second document .*expected one document/],
  ['an anchor', changed('validators: 4', 'validators: &n 4'), 'E104', '10:17', /anchors, aliases and tags/],
  ['a tag', changed('validators: 4', 'validators: !!int 4'), 'E104', '10:17', /anchors, aliases and tags/],
  ['B05 10,000 nested lists', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'E105', '1:36', /at most 32 levels/],
  ['B05 10,000 nested block lists', `${'- '.repeat(10_000)}x`, 'E105', '1:65', /at most 32 levels/],
  ['too many values', `a: [${'1,'.repeat(60_000)}]`, 'E105', '1:100003', /50000/],
  ['B06 20 MiB', 'x'.repeat(20 * 1024 * 1024), 'E106', '1:1', /at most 262144 bytes, got 20971520/],
  ['B07 nothing', '', 'E107', '1:1', /empty/],
  ['B07 comments only', '# nothing\n# here\n', 'E107', '1:1', /empty/],
  ['B08 a bare word', 'hello\n', 'E108', '1:1', /map of keys .*got "hello"/],
  ['B08 a list', '- 1\n', 'E108', '1:1', /map of keys .*got a list/],
  ['B09 a byte that is no UTF-8', LATIN_1, 'E109', '2:10', /UTF-8/],
];

const TYPES: readonly Case[] = [
  [
    'B10 a number in quotes',
    changed('validators: 4', 'validators: "4"'),
    'E110',
    '10:17',
    /whole number.*got "4".*quotes/,
  ],
  ['nothing where something is due', changed('block: 6s', 'block:'), 'E110', '11:5', /got nothing/],
  ['a word for a list', changed('lanes: [out, back]', 'lanes: out'), 'E110', '31:16', /a list, got "out"/],
  ['B11 a fraction of a validator', changed('validators: 4', 'validators: 4.5'), 'E111', '10:17', /whole.*got 4.5/],
  ['B12 not a number', changed('loss: 0.01', 'loss: .nan'), 'E112', '14:78', /finite number, got .nan/],
  ['B13 infinity', changed('loss: 0.01', 'loss: 1e400'), 'E112', '14:78', /finite number, got 1e400/],
  [
    'B14 an amount that floats round',
    changed('amount: 1.5 ATOM', 'amount: 9007199254740993 ATOM'),
    'E115',
    '37:13',
    /at most 15 digits, got "9007199254740993 ATOM"/,
  ],
  [
    'B14 the same in a wallet',
    changed('strategy: { kind: racing }', 'wallet: { ATOM: 9007199254740993 }'),
    'E113',
    '31:45',
    /more digits than can be kept .*got 9007199254740993/,
  ],
  ['B15 a negative delay', changed('median: 80ms', 'median: -80ms'), 'E118', '14:52', /negative.*got "-80ms"/],
  ['B15 a negative timeout', changed('timeout: 4min', 'timeout: -4min'), 'E118', '25:14', /negative.*got "-4min"/],
  [
    'B16 a bare number for a time',
    changed('timeout: 4min', 'timeout: 240'),
    'E116',
    '25:14',
    /no unit .*250ms.*got 240/,
  ],
  ['B16 the same in quotes', changed('timeout: 4min', 'timeout: "240"'), 'E116', '25:14', /write 240s/],
  ['B16 a bare number for a law', changed('block: 6s', 'block: 6'), 'E116', '11:12', /no unit/],
  [
    'B17 fortnights',
    changed('block: 6s', 'block: 6 fortnights'),
    'E117',
    '11:12',
    /us, ms, s, min, h, d, got "6 fortnights"/,
  ],
  ['B17 a unit nearly right', changed('timeout: 4min', 'timeout: 4mins'), 'E117', '25:14', /did you mean min\?/],
  ['B18 a probability of 1.2', changed('loss: 0.01', 'loss: 1.2'), 'E115', '14:78', /from 0 to 1, got 1.2/],
  ['B18 a probability of 120%', changed('loss: 0.01', 'loss: 120%'), 'E115', '14:78', /from 0 to 1.*got "120%"/],
  ['a law out of its range', changed('sigma: 0.4', 'sigma: -1'), 'E115', '14:65', /sigma .*at least 0, got -1/],
  ['no validators', changed('validators: 4', 'validators: 0'), 'E115', '10:17', /from 1 to 10000, got 0/],
  ['B31 a billion validators', changed('validators: 4', 'validators: 1e9'), 'E115', '10:17', /from 1 to 10000/],
  ['B37 a seed that is a number', changed('seed: "7"', 'seed: 7'), 'E110', '4:7', /in quotes.*got 7.*put it in quotes/],
  ['B37 seed -1', changed('seed: "7"', 'seed: -1'), 'E110', '4:7', /in quotes.*got -1/],
  ['B37 seed "-1"', changed('seed: "7"', 'seed: "-1"'), 'E118', '4:7', /negative.*got "-1"/],
  ['B37 seed 1.5', changed('seed: "7"', 'seed: "1.5"'), 'E114', '4:7', /from 0 to 18446744073709551615.*got "1.5"/],
  ['B37 seed 2^64', changed('seed: "7"', 'seed: "18446744073709551616"'), 'E115', '4:7', /to 18446744073709551615/],
  ['B37 seed abc', changed('seed: "7"', 'seed: abc'), 'E114', '4:7', /from 0 .*got "abc"/],
  [
    'B39 half a microsecond',
    changed('timeout: 4min', 'timeout: 0.5us'),
    'E119',
    '25:14',
    /whole microseconds, got "0.5us"/,
  ],
];

const NAMES: readonly Case[] = [
  [
    'B19 an unknown key',
    changed('validators: 4', 'validatorz: 4'),
    'E120',
    '10:5',
    /validatorz .*did you mean validators\?/,
  ],
  [
    'B19 the same in a union of a map',
    changed('threshold: 2', 'treshold: 2'),
    'E120',
    '29:46',
    /treshold \(expected one of kind, members, threshold.*did you mean threshold\?/,
  ],
  ['B19 the same at the root', changed('lanes:\n', 'lanez:\n'), 'E120', '20:1', /lanez .*did you mean lanes\?/],
  ['B19 the same in a list', changed('below: 1/3', 'below: 1/3, bellow: 1/3'), 'E120', '44:35', /did you mean below\?/],
  [
    'B20 an unknown fault',
    changed('net.partition', 'net.partitoin'),
    'E121',
    '40:11',
    /net\.loss.*did you mean net\.partition\?/,
  ],
  [
    'B19 an unknown parameter of a fault',
    fault('net.loss', '{ chain: hub }', '{ probability: 3%, probabilty: 3% }'),
    'E120',
    '43:30',
    /unknown key probabilty .*did you mean probability\?/,
  ],
  ['a missing parameter of a fault', fault('net.loss', '{ chain: hub }'), 'E122', '40:5', /missing key with/],
  [
    'an unknown law',
    changed('kind: lognormal', 'kind: lognormall'),
    'E121',
    '14:33',
    /exponential.*did you mean lognormal\?/,
  ],
  [
    'an unknown verifier',
    changed('light-client', 'lite-client'),
    'E121',
    '24:23',
    /committee.*did you mean light-client\?/,
  ],
  [
    'an unknown verdict',
    changed('safety: hold', 'safety: holds'),
    'E121',
    '45:19',
    /hold, violated.*did you mean hold\?/,
  ],
  ['another version', changed('l0sim: 1', 'l0sim: 2'), 'E121', '1:8', /expected 1, got 2/],
  [
    'an assumption that is not built',
    changed('{ byzantine: hub, below: 1/3 }', '{ partition: hub, below: 1/3 }'),
    'E121',
    '44:7',
    /assumption .*byzantine, reorg, block-gap, honest-relayers, lying-sources/,
  ],
  ['an assumption mistyped', changed('byzantine: hub', 'byzantin: hub'), 'E121', '44:7', /did you mean byzantine\?/],
  ['a missing key', changed('    from: hub\n', ''), 'E122', '22:5', /missing key from/],
  [
    'a missing key of an assumption',
    changed('{ byzantine: hub, below: 1/3 }', '{ byzantine: hub }'),
    'E122',
    '44:5',
    /below/,
  ],
  [
    'B21 a lane to an undefined chain',
    changed('to: pow', 'to: pwo'),
    'E130',
    '23:9',
    /chain pwo .*hub, pow.*did you mean pow\?/,
  ],
  ['B21 an assumption about one', changed('byzantine: hub', 'byzantine: hbu'), 'E130', '44:18', /did you mean hub\?/],
  ['B21 a relayer of an undefined lane', changed('[out, back]', '[out, bck]'), 'E130', '31:22', /did you mean back\?/],
  [
    'B21 an unknown preset',
    changed('validators: 4', 'preset: cosmos-hob'),
    'E130',
    '10:13',
    /did you mean cosmos-hub\?/,
  ],
  ['B22 a chain twice', changed('  pow:\n', '  hub:\n'), 'E102', '15:3', /hub stands twice .*at 8:3 already/],
  ['B23 a lane to itself', changed('    to: pow', '    to: hub'), 'E131', '23:9', /itself/],
  ['B24 __proto__ as a key', changed('    validators: 4', '    __proto__: 4'), 'E124', '10:5', /__proto__/],
  ['B24 __proto__ as an id', changed('  pow:\n', '  __proto__:\n'), 'E124', '15:3', /__proto__/],
  [
    'B25 a slash in an id',
    changed('  out:\n', '  out/of:\n'),
    'E123',
    '21:3',
    /letters, digits, _ or -, got "out\/of"/,
  ],
  ['B25 a slash in the name', changed('name: base', 'name: ../base'), 'E123', '2:7', /got "..\/base"/],
];

const MEANING: readonly Case[] = [
  [
    'B26 trust as long as stake is bound',
    changed('period: 14d', 'period: 21d'),
    'E132',
    '24:54',
    /trusts hub .*below the unbonding/,
  ],
  ['B27 a threshold of 0', changed('threshold: 2', 'threshold: 0'), 'E115', '29:57', /at least 1, got 0/],
  ['B27 a threshold above n', changed('threshold: 2', 'threshold: 4'), 'E133', '29:57', /1 to 3, got 4/],
  ['B28 no timeout at all', changed('timeout: 4min', 'timeout: 0s'), 'E134', '25:14', /no timeout.*timeout-blocks/],
  [
    'B29 calm after the horizon',
    changed('gst: 2min', 'gst: 11min'),
    'E135',
    '6:35',
    /after the run has ended.*before the horizon/,
  ],
  ['B30 no power at all', changed('[3, 2, 1]', '[0, 0, 0]'), 'E136', '17:17', /voting power/],
  [
    'B33 1 us blocks for 10 years',
    FAST_FOREVER,
    'E140',
    '3:10',
    /at most 1000000000 events, got about 315360000000000 events/,
  ],
  ['blocks that take no time', changed('block: 10s', 'block: 0s'), 'E115', '18:12', /no time passes .*a mean from 1us/],
  [
    'blocks that never come',
    changed('block: 10s', 'block: { kind: pareto, min: 1s, alpha: 1 }'),
    'E115',
    '18:12',
    /a law without a mean/,
  ],
  ['polls that take no time', changed('kind: racing', 'kind: racing, poll: 0s'), 'E115', '31:61', /no time passes/],
  [
    'messages that take no time',
    changed('{ kind: poisson, rate: 0.2/s }', '{ kind: periodic, every: 0s }'),
    'E115',
    '36:40',
    /no time passes/,
  ],
  [
    'a way back that does not lead back',
    changed('threshold: 2 }', 'threshold: 2 }\n    reverse: back'),
    'E139',
    '30:14',
    /from hub to pow/,
  ],
  [
    'an order that needs acknowledgements on a lane without',
    changed('threshold: 2 }', 'threshold: 2 }\n    ordering: ordered-allow-timeout\n    acknowledge: false'),
    'E139',
    '30:15',
    /acknowledge: true/,
  ],
  [
    'an order that nobody keeps',
    changed('threshold: 2 }', 'threshold: 2 }\n    ordering: strikt'),
    'E121',
    '30:15',
    /strict/,
  ],
  ['an asset that no chain mints', changed('1.5 ATOM', '1.5 ATOMS'), 'E138', '37:13', /ATOMS .*did you mean ATOM\?/],
  [
    'an amount below the base unit',
    changed('1.5 ATOM', '0.0000001 ATOM'),
    'E138',
    '37:13',
    /at most 6 decimals, got 7/,
  ],
  [
    'B21 a fault on an unknown chain',
    changed('chain: hub', 'chain: hob'),
    'E130',
    '41:22',
    /chain hob .*did you mean hub\?/,
  ],
  ['a fault on absent validators', changed('0..0', '2..4'), 'E137', '41:39', /0\.\.3, got 4/],
  ['a fault on nothing', changed('{ chain: hub, validators: 0..0 }', '{}'), 'E137', '41:13', /chain is missing/],
  ['a fault on another kind of chain', fault('bft.twin', '{ chain: pow }'), 'E137', '41:22', /consensus bft/],
  ['a fault on an unknown relayer', fault('rel.stop', '{ relayer: r2 }'), 'E130', '41:24', /did you mean r1\?/],
  ['a fault on a copy of one', fault('rel.stop', '{ relayer: r1.2 }'), 'E130', '41:24', /expected one of r1/],
  ['a fault on no committee', fault('com.sign-wrong-fork', '{ committee: out }'), 'E130', '41:26', /one of back/],
  [
    'a fault on absent members',
    fault('com.sign-wrong-fork', '{ committee: back, members: 3 }'),
    'E137',
    '41:41',
    /0\.\.2, got 3/,
  ],
  ['a fault that ends before it begins', changed('for: 1min', 'until: 3min'), 'E139', '42:30', /ends before it begins/],
  ['a fault that never begins', changed('at: 4min, for', 'for'), 'E139', '42:11', /never begins/],
  [
    'B18 a parameter of a fault out of its range',
    fault('net.loss', '{ chain: hub }', '{ probability: 300% }'),
    'E115',
    '43:26',
    /probability .*from 0 to 1.*got "300%"/,
  ],
  [
    'a client of what has no validators',
    changed('from: hub\n    to: pow\n', 'from: pow\n    to: hub\n'),
    'E139',
    '24:23',
    /header-chain/,
  ],
  [
    'a trace that is not there',
    changed('{ kind: poisson, rate: 0.2/s }', '{ kind: trace, file: gone.csv }'),
    'E141',
    '36:36',
    /gone.csv/,
  ],
];

/** What the user is shown, to the letter. */
const WHOLE: readonly (readonly [name: string, text: string, message: string])[] = [
  ['B01', 'l0sim: 1\n\tname: x\n', 'error[E101] base.yaml:2:1: a tab indents (expected spaces, got a tab)'],
  [
    'B10',
    changed('validators: 4', 'validators: "4"'),
    'error[E110] base.yaml:10:17: validators has the wrong type (expected a whole number from 1 to 10000 or a list, got "4"); leave out the quotes',
  ],
  [
    'B17',
    changed('timeout: 4min', 'timeout: 6 fortnights'),
    'error[E117] base.yaml:25:14: timeout has an unknown unit (expected one of the units us, ms, s, min, h, d, got "6 fortnights")',
  ],
  [
    'B19',
    changed('threshold: 2', 'treshold: 2'),
    'error[E120] base.yaml:29:46: unknown key treshold (expected one of kind, members, threshold, signing, hours, twins, weights, share, rotation, providers-agree, delegates); did you mean threshold?',
  ],
  [
    'B21',
    changed('to: pow', 'to: pwo'),
    'error[E130] base.yaml:23:9: unknown chain pwo (expected one of hub, pow, got "pwo"); did you mean pow?',
  ],
  [
    'B25',
    changed('  out:\n', '  out/of:\n'),
    'error[E123] base.yaml:21:3: a name is no id (expected a letter, then at most 63 letters, digits, _ or -, got "out/of")',
  ],
  [
    'B28',
    changed('timeout: 4min', 'timeout: 0s'),
    'error[E134] base.yaml:25:14: a lane has no timeout at all (expected a time or a number of blocks); set timeout or timeout-blocks',
  ],
];

function firstPlace(text: string | Uint8Array): { code: string; place: string; milliseconds: number } {
  const began = performance.now();
  const [first] = problemsOf(text);
  const milliseconds = performance.now() - began;
  return { code: first?.code ?? 'none', place: `${first?.line}:${first?.column}`, milliseconds };
}

describe('scenario: bad input', () => {
  it('starts from a scenario that loads -> no problem', () => {
    expect(messageOf(BASE)).toBe('');
  });

  it.each([...SYNTAX, ...TYPES, ...NAMES, ...MEANING])('%s -> refused', (_name, text, code, place, words) => {
    const found = firstPlace(text);
    expect(`${found.code} ${found.place}`).toBe(`${code} ${place}`);
    expect(messageOf(text).split('\n')[0]).toMatch(words);
    expect(found.milliseconds).toBeLessThan(REFUSAL_MAX);
  });

  it.each([...TYPES, ...MEANING])('%s -> one problem for one mistake', (_name, text) => {
    expect(problemsOf(text)).toHaveLength(1);
  });

  it.each(WHOLE)('%s -> these very words', (_name, text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it('B04 refuses a bomb of aliases at its first anchor -> E104, the rest counted', () => {
    const found = firstPlace(ALIAS_BOMB);
    expect(found).toMatchObject({ code: 'E104', place: '1:4' });
    expect(found.milliseconds).toBeLessThan(REFUSAL_MAX);
    // Nine anchors, and eight lines of nine aliases.
    expect(problemsOf(ALIAS_BOMB)).toHaveLength(9 + 8 * 9);
  });

  it('B14 keeps an amount of any number of digits where it is text -> exact', () => {
    expect(messageOf(changed('strategy: { kind: racing }', 'wallet: { ATOM: "9007199254740993" }'))).toBe('');
  });

  it('B33 lets a larger budget through -> no problem', () => {
    expect(messageOf(FAST_FOREVER, { eventBudget: 1e15 })).toBe('');
  });
});

describe('scenario: all problems at once', () => {
  const broken = changed('validators: 4', 'validators: 0')
    .replace('block: 6s', 'block: 6')
    .replace('threshold: 2', 'treshold: 2')
    .replace('safety: hold', 'safety: holds');

  it('sorts them by place -> 10:17, 11:12, 29:46, 45:19', () => {
    expect(problemsOf(broken).map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
      'E115 10:17',
      'E116 11:12',
      'E120 29:46',
      'E121 45:19',
    ]);
  });

  it('says the same on every run -> equal text', () => {
    expect(messageOf(broken)).toBe(messageOf(broken));
  });

  it('finds what the meaning breaks at once too -> two undefined chains', () => {
    const text = changed('    to: pow', '    to: pwo').replace('byzantine: hub', 'byzantine: hbu');
    expect(problemsOf(text).map(({ code }) => code)).toEqual(['E130', 'E130']);
  });

  it(`shows the first ${PROBLEMS_SHOWN} and counts the rest -> and 10 more`, () => {
    const wrong = Array.from({ length: PROBLEMS_SHOWN + 10 }, (_, i) => `  c${i}: { validators: 0 }\n`).join('');
    const lines = messageOf(changed('lanes:\n', `${wrong}lanes:\n`)).split('\n');
    expect(lines).toHaveLength(PROBLEMS_SHOWN + 1);
    expect(lines[0]).toMatch(/^error\[E115\] base\.yaml:20:21: /);
    expect(lines.at(-1)).toBe('and 10 more');
  });
});
