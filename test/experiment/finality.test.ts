/** Tables of finality: how they are read, how a preset is judged by them, and every preset that they name. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compareTables } from '../../sim/cli/commands/validate-finality.ts';
import { compareFinality, readFinalityTables, secondsOf } from '../../sim/experiment/lanes/finality.ts';
import { LaneFileError } from '../../sim/experiment/lanes/lane-file.ts';
import { finalityTable } from '../support/finality-table.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

const FILE = {
  wormhole_time_to_finalize_s: { 'BNB Smart Chain': 48, Plume: 1080 },
  ccip_estimated_finality: {
    BNB: { method: 'Finality tag', time: '5 seconds' },
    ZKsync: { method: 'Block depth (1200 blocks)', time: '20 minutes' },
  },
  axelar_time_to_confirmation: {
    BNB: { time: '46 seconds', blocks: '15 blocks' },
    Arbitrum: { time: '19:06 minutes', blocks: '1000000 blocks' },
    CometBFT: { time: 'Instant', blocks: '' },
  },
};

describe('tables of finality: the file', () => {
  it.each([
    ['17 minutes', 1_020],
    ['19:06 minutes', 1_146],
    ['1 hour', 3_600],
    ['< 1 second', 0.5],
    ['Instant', undefined],
  ])('%s is %s s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it('names chains in several ways, and blocks that no chain is deep are none', () => {
    expect(readFinalityTables(JSON.stringify(FILE), ['arbitrum', 'bnb', 'cometbft', 'osmosis', 'zksync'])).toEqual([
      { preset: 'arbitrum', told: [{ table: 'Axelar', seconds: 1_146, blocks: undefined }] },
      {
        preset: 'bnb',
        told: [
          { table: 'Wormhole', seconds: 48, blocks: undefined },
          { table: 'CCIP', seconds: 5, blocks: undefined },
          { table: 'Axelar', seconds: 46, blocks: 15 },
        ],
      },
      { preset: 'zksync', told: [{ table: 'CCIP', seconds: 1_200, blocks: 1_200 }] },
    ]);
  });

  it.each([
    ['no JSON', 'tables', 'no JSON'],
    ['a table missing', '{ "wormhole_time_to_finalize_s": {} }', 'no ccip_estimated_finality'],
  ])('%s is refused', (_, text, words) => {
    expect(() => readFinalityTables(text, [])).toThrow(LaneFileError);
    expect(() => readFinalityTables(text, [])).toThrow(words);
  });
});

describe('tables of finality: the verdict', () => {
  const verdict = (finalized: number, ...told: readonly number[]): string => {
    const tables = ['Wormhole', 'CCIP', 'Axelar'] as const;
    const chain = { preset: 'x', told: told.map((seconds, i) => ({ table: tables[i]!, seconds, blocks: undefined })) };
    return compareFinality(chain, { block: 1, heads: { finalized } }).verdict;
  };
  it.each([
    ['two of three', verdict(100, 90, 120, 500), 'two'],
    ['the only one', verdict(100, 120), 'the only one'],
    ['not the only one', verdict(100, 140), 'OFF'],
    ['one, where no time is near to both', verdict(100, 100, 200), 'tables disagree'],
    ['one, where another time would be near to two', verdict(100, 100, 180, 190), 'OFF'],
    ['none', verdict(100, 10, 1_000), 'OFF'],
    ['a second off, which is the digit that they have', verdict(2, 3, 1), 'two'],
  ])('%s -> %s', (_name, found, expected) => {
    expect(found).toBe(expected);
  });

  it('takes the blocks that a table speaks of, and a block of a chain that names no head', () => {
    const told = [
      { table: 'CCIP' as const, seconds: 50, blocks: 120 },
      { table: 'Axelar' as const, seconds: 2, blocks: undefined },
    ];
    expect(compareFinality({ preset: 'x', told }, { block: 0.4, heads: {} }).nearest).toEqual([
      { what: '120 blocks', seconds: 48, isClose: true },
      { what: 'block', seconds: 0.4, isClose: false },
    ]);
  });
});

describeWithVectors('chain presets beside tables of finality', () => {
  const compared = compareTables(JSON.stringify(vectors('finality_tables.json')), 'finality_tables.json');

  it('are within 25 % (or a second) of two, of the only one, or of one of those that no time is near to', () => {
    expect(compared.length).toBeGreaterThanOrEqual(35);
    expect(compared.filter(({ verdict }) => verdict === 'OFF').map(({ preset }) => preset)).toEqual([]);
    const disagreed = compared.filter(({ verdict }) => verdict === 'tables disagree').map(({ preset }) => preset);
    expect(disagreed).toEqual(['berachain', 'solana', 'world-chain']);
  });

  it('are in the table of docs/validation.md as they are simulated', () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/validation.md', import.meta.url)), 'utf8');
    expect(page).toContain(`<!-- finality -->\n${finalityTable(compared)}\n<!-- end of finality -->`);
  });
});
