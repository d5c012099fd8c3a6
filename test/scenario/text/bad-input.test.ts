/** Files that must be refused: code, line and column of each. The cases are FAULTS_AND_PROPERTIES section 5. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lawOf } from '../../../sim/grammar/law.ts';
import {
  amountText,
  byteSizeText,
  durationText,
  idText,
  indexRange,
  positiveCount,
  probability,
  rateText,
  ratioText,
  seedText,
} from '../../../sim/grammar/quantities.ts';
import { ScenarioErrors } from '../../../sim/scenario/text/errors.ts';
import { readYaml } from '../../../sim/scenario/text/read.ts';
import { validate } from '../../../sim/scenario/text/validate.ts';

const chain = z.strictObject({
  validators: positiveCount.max(10_000),
  delay: lawOf(durationText).optional(),
  wait: durationText.optional(),
  loss: probability.optional(),
  share: ratioText.optional(),
  size: byteSizeText.optional(),
});
const schema = z.strictObject({
  name: z.string().optional(),
  seed: seedText.optional(),
  chains: z.record(idText, chain).optional(),
  traffic: z.strictObject({ amount: amountText, rate: rateText }).optional(),
  faults: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('net.partition'),
          validators: indexRange,
          until: z.union([z.literal('gst'), durationText]),
        }),
        z.strictObject({ kind: z.literal('node.crash'), down: lawOf(durationText) }),
      ]),
    )
    .optional(),
});

/** Problems of a text, one line each; empty where it is accepted. */
function refusals(text: string | Uint8Array): string[] {
  try {
    const result = validate(readYaml(text, 's.yaml'), schema);
    return result.ok ? [] : new ScenarioErrors(result.problems).message.split('\n');
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.message.split('\n');
    throw error;
  }
}

/** `E110 2:4` of each. */
function placesOf(text: string | Uint8Array): string[] {
  return refusals(text).map((line) => line.replace(/^error\[(E\d+)\] s\.yaml:(\d+:\d+): .*$/, '$1 $2'));
}

const chains = (line: string) => `chains:\n  hub:\n    validators: 4\n    ${line}\n`;
const traffic = (amount: string, rate = '1/s') => `traffic:\n  amount: ${amount}\n  rate: ${rate}\n`;
const fault = (text: string) => `faults:\n  - ${text}\n`;
const bytes = (text: string, ...tail: number[]) => new Uint8Array([...new TextEncoder().encode(text), ...tail]);

const cases: readonly (readonly [id: string, text: string | Uint8Array, ...places: string[]])[] = [
  ['B01 tab indent', 'name: x\n\tseed: "1"\n', 'E101 2:1'],
  ['B02 duplicate key', 'name: x\nseed: "1"\nname: y\n', 'E102 3:1'],
  ['B02 duplicate key in a flow map', 'chains: { hub: { validators: 1, validators: 2 } }\n', 'E102 1:33'],
  ['B03 second document', 'name: x\n---\nname: y\n', 'E103 2:1'],
  ['B03 second document after an end', 'name: x\n...\nname: y\n', 'E103 3:1'],
  ['B04 alias', 'name: &a x\nseed: *a\n', 'E104 1:7', 'E104 2:7'],
  ['B04 tag', 'name: !!str 5\n', 'E104 1:7'],
  ['B04 directive', '%YAML 1.1\n---\nname: no\n', 'E104 1:1'],
  ['B05 10,000 nested lists', `name: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, 'E105 1:39'],
  ['B05 10,000 nested blocks', `${'- '.repeat(10_000)}x\n`, 'E105 1:65'],
  // The 50,001st word: the key is the first, and each value takes three columns from column 8 on.
  ['B05 60,000 values', `name: [${'1, '.repeat(60_000)}]\n`, 'E105 1:150005'],
  ['B06 20 MiB', `name: ${'x'.repeat(20 * 1024 * 1024)}\n`, 'E106 1:1'],
  ['B07 empty', '', 'E107 1:1'],
  ['B07 comments only', '# nothing\n\n# here\n', 'E107 1:1'],
  ['B08 scalar root', '\n5\n', 'E108 2:1'],
  ['B08 list root', '- name: x\n', 'E108 1:1'],
  ['B09 invalid UTF-8 byte', bytes('name: x\nseed: \u00e9', 0xff, 0x0a), 'E109 2:8'],
  ['B09 cut UTF-8 sequence', bytes('name: x', 0xe2, 0x82), 'E109 1:8'],
  ['B09 half a character', 'name: \ud800\n', 'E109 1:7'],
  ['a control character', 'name: "x\u0007"\n', 'E101 1:9'],
  ['an escaped control character', 'name: "x\\u001b[31m"\n', 'E101 1:7'],
  ['broken syntax', 'name: [1, 2\nseed: "1"\n', 'E101 2:1'],
  ['B10 text for a number', 'chains:\n  hub: { validators: "4" }\n', 'E110 2:22'],
  ['B11 fraction of a validator', 'chains:\n  hub: { validators: 4.5 }\n', 'E111 2:22'],
  ['B12 not a number', 'chains:\n  hub: { validators: .nan }\n', 'E112 2:22'],
  ['B12 infinity', 'chains:\n  hub: { validators: -.inf }\n', 'E112 2:22'],
  ['B13 1e400', 'chains:\n  hub: { validators: 1e400 }\n', 'E112 2:22'],
  ['B13 1e-400', chains('loss: 1e-400'), 'E113 4:11'],
  ['a leading zero', 'chains:\n  hub: { validators: 012 }\n', 'E110 2:22'],
  ['another base', 'chains:\n  hub: { validators: 0x10 }\n', 'E110 2:22'],
  ['B14 an amount with digits that no number holds', traffic('9007199254740993'), 'E113 2:11'],
  ['B14 a fraction with digits that no number holds', traffic('0.1234567890123456789'), 'E113 2:11'],
  ['an amount without its asset', traffic('5'), 'E116 2:11'],
  ['B15 negative delay', chains('delay: -5s'), 'E118 4:12'],
  ['B15 negative delay in a law', chains('delay: { kind: exponential, mean: -5s }'), 'E118 4:39'],
  ['B16 duration without unit', chains('wait: 5'), 'E116 4:11'],
  ['B16 quoted duration without unit', chains('wait: "5"'), 'E116 4:11'],
  ['B16 law without unit', chains('delay: 5'), 'E116 4:12'],
  ['B17 unknown unit', chains('wait: 6 fortnights'), 'E117 4:11'],
  ['B17 unknown unit of rate', traffic('1 ATOM', '3/fortnight'), 'E117 3:9'],
  ['B18 probability 1.2', chains('loss: 1.2'), 'E115 4:11'],
  ['B18 probability 120%', chains('loss: 120%'), 'E115 4:11'],
  ['B18 share 4/3', chains('share: 4/3'), 'E115 4:12'],
  ['B19 unknown key', 'chains:\n  hub:\n    validators: 4\n    validatorz: 5\n', 'E120 4:5'],
  ['B19 unknown key of a law', chains('delay: { kind: uniform, min: 1s, max: 2s, sigma: 1 }'), 'E120 4:47'],
  ['B20 unknown kind', fault('{ kind: net.partitoin }'), 'E121 2:13'],
  ['a kind that is missing', fault('{ validators: 0..4 }'), 'E122 2:5'],
  ['a key that is missing', 'chains:\n  hub: { loss: 0.1 }\n', 'E122 2:8'],
  ['a key without a value', 'chains:\n  hub:\n    validators:\n', 'E110 3:5'],
  [
    'B22 duplicate id',
    'chains:\n  hub: { validators: 1 }\n  eth: { validators: 1 }\n  hub: { validators: 2 }\n',
    'E102 4:3',
  ],
  ['B24 __proto__', 'chains:\n  __proto__: { validators: 4 }\n', 'E124 2:3'],
  ['B24 constructor', 'chains:\n  constructor: { validators: 4 }\n', 'E124 2:3'],
  ['B24 toString', 'chains:\n  toString: { validators: 4 }\n', 'E123 2:3'],
  ['B25 id with a slash', 'chains:\n  a/b: { validators: 4 }\n', 'E123 2:3'],
  ['B25 id with a dot', 'chains:\n  a.b: { validators: 4 }\n', 'E123 2:3'],
  ['B25 id of 65 characters', `chains:\n  ${'a'.repeat(65)}: { validators: 4 }\n`, 'E123 2:3'],
  ['B31 1e9 validators', 'chains:\n  hub: { validators: 1e9 }\n', 'E115 2:22'],
  ['B31 range of 1e9 validators', fault('{ kind: net.partition, validators: 0..999999999, until: gst }'), 'E115 2:40'],
  ['B37 seed -1', 'seed: "-1"\n', 'E118 1:7'],
  ['B37 seed 1.5', 'seed: "1.5"\n', 'E114 1:7'],
  ['B37 seed 2^64', 'seed: "18446744073709551616"\n', 'E115 1:7'],
  ['B37 seed abc', 'seed: abc\n', 'E114 1:7'],
  ['B37 seed that is a number', 'seed: 7\n', 'E110 1:7'],
  ['B39 below 1us', chains('wait: 0.5us'), 'E119 4:11'],
  ['B39 not whole microseconds', chains('wait: 1.0000005s'), 'E119 4:11'],
  ['a mean of a law that has none', chains('delay: { kind: lognormal, median: 0s, sigma: 1 }'), 'E115 4:39'],
  ['a law whose ends are swapped', chains('delay: { kind: uniform, min: 2s, max: 1s }'), 'E115 4:34'],
  ['a law of how many as a delay', chains('delay: { kind: geometric, probability: 0.5 }'), 'E121 4:20'],
  [
    'problems of two places, in order',
    'chains:\n  hub: { validators: 4.5, loss: 2 }\nseed: abc\n',
    'E111 2:22',
    'E115 2:33',
    'E114 3:7',
  ],
  ['a key that is no text', '? [a]\n: b\n', 'E110 1:3'],
];

describe('bad input', () => {
  it.each(cases)('%s -> its codes and places', (_id, text, ...places) => {
    expect(placesOf(text)).toEqual(places);
  });

  it('at the limits is read -> no problem', () => {
    expect(refusals(`name: ${'[]'}\n`)).toHaveLength(1); // a list for text, but read
    expect(placesOf(`name: ${'['.repeat(31)}${']'.repeat(31)}\n`)).toEqual(['E110 1:7']);
    expect(placesOf(`name: ${'['.repeat(32)}${']'.repeat(32)}\n`)).toEqual(['E105 1:38']);
    expect(placesOf(`name: ${'x'.repeat(262_144 - 7)}\n`)).toEqual([]);
    expect(placesOf(`name: ${'x'.repeat(262_144 - 6)}\n`)).toEqual(['E106 1:1']);
    expect(refusals('chains:\n  hub: { validators: 10000, loss: 1, delay: 1us, share: 1/1 }\n')).toEqual([]);
    expect(refusals('seed: "18446744073709551615"\n')).toEqual([]);
    expect(refusals(traffic('9007199254740993.000000000000000001 ATOM'))).toEqual([]);
  });

  it('counts columns after a byte order mark and lines by carriage returns with line feeds', () => {
    expect(placesOf('\uFEFFseed: abc\n')).toEqual(['E114 1:7']);
    expect(placesOf(bytes('\uFEFFseed: abc\n'))).toEqual(['E114 1:7']);
    expect(placesOf('name: x\r\nseed: abc\r\n')).toEqual(['E114 2:7']);
  });

  it.each([
    [
      'chains:\n  hub:\n    validators: 4\n    validatorz: 5\n',
      'error[E120] s.yaml:4:5: unknown key validatorz (expected one of validators, delay, wait, loss, share, size); did you mean validators?',
    ],
    [
      chains('wait: 6 mins'),
      'error[E117] s.yaml:4:11: wait has an unknown unit (expected one of the units us, ms, s, min, h, d, got "6 mins"); did you mean min?',
    ],
    [
      fault('{ kind: net.partitoin }'),
      'error[E121] s.yaml:2:13: unknown kind "net.partitoin" (expected one of net.partition, node.crash); did you mean net.partition?',
    ],
    [
      'chains:\n  hub: { validators: 1e9 }\n',
      'error[E115] s.yaml:2:22: validators is out of its range (expected a whole number from 1 to 10000, got 1000000000)',
    ],
    [
      'name: x\nname: y\n',
      'error[E102] s.yaml:2:1: key name stands twice in one map (expected each key once); it stands at 1:1 already',
    ],
    [
      chains('wait: "5"'),
      'error[E116] s.yaml:4:11: wait has no unit (expected a duration with a unit, such as 250ms or 1.5h, got "5"); write 5s if seconds are meant',
    ],
    [
      fault('{ kind: net.partition, validators: 4..0, until: gts }'),
      'error[E115] s.yaml:2:40: validators is out of its range (expected an index or a range such as 0..4, both ends included, got "4..0"); did you mean 0..4?\n' +
        'error[E114] s.yaml:2:53: until is not written as its quantity (expected a duration with a unit, such as 250ms or 1.5h, got "gts"); did you mean gst?',
    ],
    [
      'chains:\n  hub: { validators: "4" }\n',
      'error[E110] s.yaml:2:22: validators has the wrong type (expected a whole number from 1 to 10000, got "4"); leave out the quotes',
    ],
  ])('%j -> the whole text', (text, message) => {
    expect(refusals(text).join('\n')).toBe(message);
  });

  it('shows 20 problems and counts the rest', () => {
    const text = `chains: { ${Array.from({ length: 25 }, (_, i) => `c${i}: { validators: 0 }`).join(', ')} }\n`;
    const lines = refusals(text);
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 5 more');
  });

  it('reads hostile files of 256 KiB within the second that FAULTS section 5 allows', () => {
    const hostile = [
      '[',
      '{a: ',
      '- ',
      '? ',
      'a:\n',
      '&a ',
      '! ',
      '[],',
      '---\n',
      '[a]: b\n',
      '"',
      '\t\n',
      '%YAML 1.1\n',
      'a: {a: 1}\n',
    ];
    for (const piece of hostile) {
      const text = piece.repeat(Math.floor(262_000 / piece.length));
      const began = process.cpuUsage();
      expect(refusals(text).length).toBeGreaterThan(0);
      // Time of the processor, not of the wall: a hang is what this must tell, not a busy machine.
      expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
    }
  });
});
