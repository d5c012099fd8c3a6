import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlan, type Plan } from '../../sim/experiment/cells/plan.ts';
import type { CellOutcome } from '../../sim/experiment/cells/run-cell.ts';
import { JournalError, openJournal } from '../../sim/experiment/workers/journal.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';

const CELLS = 60;

function planOf(replications: number, seed = '1'): Plan {
  const points = [{ variant: 0, settings: [], factors: [] }];
  const rest = { version: '0', kind: 'replicate', name: 't', question: '', level: 0.95, metrics: [] } as const;
  return createPlan({ ...rest, seed, replications, factors: [], variants: [], points }, nobleHash);
}

const plan = planOf(CELLS);

function outcome(cell: number): CellOutcome {
  const digest = `${cell}`.repeat(30);
  return {
    cell,
    status: 'done',
    reason: '',
    verdict: 'as-expected',
    code: 0,
    digest,
    events: cell * 7,
    values: [cell / 3, null],
  };
}

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-journal-'));
  path = join(folder, 'journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Adds the cells that are missing and gives back all of them. */
function complete(): CellOutcome[] {
  const journal = openJournal(path, plan);
  for (let cell = CELLS - 1; cell >= 0; cell--) if (!journal.has(cell)) journal.add(outcome(cell));
  expect(journal.count).toBe(CELLS);
  const all = Array.from({ length: CELLS }, (_, cell) => journal.read(cell));
  journal.close();
  return all;
}

describe('the journal', () => {
  it('cut at any byte of its last 4 KiB loses the torn cell and nothing else', () => {
    const whole = complete();
    const bytes = readFileSync(path);
    expect(bytes.length).toBeGreaterThan(4_096);
    for (let cut = bytes.length - 4_096; cut <= bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut));
      const journal = openJournal(path, plan);
      const lines = bytes.subarray(0, cut).toString('latin1').split('\n').length - 1;
      expect(journal.count).toBe(Math.max(0, lines - 1));
      journal.close();
      if (cut % 97 === 0) expect(complete()).toEqual(whole);
    }
  });

  it('cut inside of its first line starts anew', () => {
    complete();
    writeFileSync(path, readFileSync(path).subarray(0, 20));
    expect(complete()).toHaveLength(CELLS);
  });

  it.each([10, 200, 1_000])('with a changed byte at %d is refused, with its line', (at) => {
    complete();
    const bytes = readFileSync(path);
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(path, bytes);
    const line = bytes.subarray(0, at).toString('latin1').split('\n').length;
    expect(() => openJournal(path, plan)).toThrow(JournalError);
    expect(() => openJournal(path, plan)).toThrow(`journal:${line} is damaged`);
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('of another plan is refused and left as it is', () => {
    complete();
    const bytes = readFileSync(path);
    expect(() => openJournal(path, planOf(CELLS, '2'))).toThrow(/belongs to plan [0-9a-f]{8}, and this is plan/);
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('takes a cell twice if it is the same, and says so if it is not', () => {
    complete();
    const journal = openJournal(path, plan);
    journal.add(outcome(3));
    expect(journal.count).toBe(CELLS);
    expect(() => journal.add({ ...outcome(3), digest: 'other' })).toThrow(/came out twice, and differently/);
    journal.close();
  });
});
