import { stringify } from 'csv-stringify/sync';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { formatCell, formatMilliseconds } from '../../reports/csv/cells.ts';
import {
  columnName,
  csvFiles,
  type TransitionRow,
  transitionsFile,
  violationsFile,
} from '../../reports/csv/columns.ts';
import { createCsvWriter, formatDataPackage, formatRows } from '../../reports/csv/write.ts';
import { fromUtf8 } from '../../sim/base/bytes.ts';

describe('cells', () => {
  it('give milliseconds exactly three decimals, from whole microseconds', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, '0.000'],
      [7, '0.007'],
      [1_000, '1.000'],
      [12_345, '12.345'],
      [-42_001, '-42.001'],
      [-5, '-0.005'],
      [4_503_599_627_370_495, '4503599627370.495'],
      [9_007_199_254_740_991, '9007199254740.991'],
    ];
    for (const [us, text] of cases) expect(formatMilliseconds(us)).toBe(text);
  });

  it('refuse a fraction of a microsecond', () => {
    expect(() => formatMilliseconds(0.5)).toThrow(/whole microseconds/);
  });

  it('write amounts to the last digit', () => {
    expect(formatCell(123_456_789_012_345_678_901_234_567_890n, 'amount')).toBe('123456789012345678901234567890');
  });

  it('refuse a text that a spreadsheet would run (CWE-1236)', () => {
    for (const cell of ['=1+1', '+1', '-1', '@a', '\ta', '\ra'])
      expect(() => formatCell(cell, 'text')).toThrow(/formula/);
  });
});

describe('columns', () => {
  it('name the unit of the border', () => {
    expect(columnName('requestToSentP50Us', 'us')).toBe('request_to_sent_p50_ms');
    expect(columnName('valueBaseUnits', 'amount')).toBe('value_base_units');
    expect(columnName('isSettled', 'flag')).toBe('is_settled');
  });

  it('are unique in their file and say what they mean', () => {
    for (const file of csvFiles) {
      expect(new Set(file.header).size).toBe(file.header.length);
      for (const name of file.header) expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      for (const key of file.keys) expect(file.columns[key]?.meaning.length).toBeGreaterThan(2);
    }
  });
});

describe('writer', () => {
  const row: TransitionRow = {
    timeUs: 1_500,
    event: 4,
    cause: 0,
    chain: 'a',
    height: undefined,
    lane: 'a-b',
    message: 't/1',
    from: 'sent',
    to: 'final',
    actor: '',
    reason: 'one, "two"',
    feeBaseUnits: -7n,
    feeAsset: 'ux',
    gas: 0,
  };

  it('equals csv-stringify on rows with and without quotes', () => {
    const cells = ['1.500', '4', '0', 'a', '', 'a-b', 't/1', 'sent', 'final', '', 'one, "two"', '-7', 'ux', '0'];
    const plain = cells.map((cell) => (cell.includes(',') ? 'plain' : cell));
    expect(formatRows(transitionsFile, [row, { ...row, reason: 'plain' }])).toBe(stringify([cells, plain]));
  });

  it('streams batches under one header, and writes the header of an empty file', () => {
    const parts: string[] = [];
    const writer = createCsvWriter(transitionsFile, { write: (bytes) => void parts.push(fromUtf8(bytes)) });
    writer.write([row]);
    writer.write([]);
    writer.write([row, row]);
    writer.end();
    const lines = parse(parts.join(''), { columns: true }) as Record<string, string>[];
    expect(lines.map((line) => line['time_ms'])).toEqual(['1.500', '1.500', '1.500']);
    expect(lines[0]?.['reason']).toBe('one, "two"');
    const empty: string[] = [];
    createCsvWriter(violationsFile, { write: (bytes) => void empty.push(fromUtf8(bytes)) }).end();
    expect(empty.join('')).toBe('property,component,message,time_ms,event,what\n');
  });

  it('describes every file in a data package', () => {
    const pack = JSON.parse(formatDataPackage('run', csvFiles)) as {
      resources: { path: string; schema: { fields: { name: string; unit?: string }[] } }[];
    };
    expect(pack.resources.map((resource) => resource.path)).toEqual(csvFiles.map((file) => file.name));
    const transitions = pack.resources.find((resource) => resource.path === 'transitions.csv');
    expect(transitions?.schema.fields[0]).toMatchObject({ name: 'time_ms', type: 'number', unit: 'ms' });
  });
});
