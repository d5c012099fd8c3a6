import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../sim/cli/exit-codes.ts';
import { openRunFolder } from '../../sim/cli/run-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A results folder as `run` leaves it, with one row in it. */
function placeResults(path: string, row: string): void {
  mkdirSync(path);
  const texts = { version: '1', scenario: 's', scenarioHash: '', identity: '', seed: '1', proofs: '', digest: '' };
  const manifest = { tool: 'l0sim', ...texts, verdict: 0, files: { 'summary.csv': '' }, environment: {} };
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(path, 'summary.csv'), row);
}

function runInto(path: string, mayReplace: boolean): void {
  const run = openRunFolder(path, mayReplace);
  run.open('summary.csv').write(Buffer.from('new\n'));
  run.publish();
}

describe('cli: run folder', () => {
  it('has its name only once it is whole', () => {
    const path = join(folder, 'out');
    const run = openRunFolder(path, false);
    run.open('summary.csv').write(Buffer.from('abc'));
    expect(existsSync(path)).toBe(false);
    // SHA-256 of "abc". @source FIPS 180-4, example B.1
    const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect([...run.seal()]).toEqual([['summary.csv', digest]]);
    run.publish();
    expect(readFileSync(join(path, 'summary.csv'), 'utf8')).toBe('abc');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('leaves nothing when it is abandoned, nor the folders made for it, and keeps those that were there', () => {
    writeFileSync(join(folder, 'mine.txt'), '');
    const run = openRunFolder(join(folder, 'a/b/out'), false);
    run.open('messages.csv').write(Buffer.from('half'));
    run.abandon();
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  });

  it('replaces results where that is allowed, and leaves nothing of the old ones', () => {
    placeResults(join(folder, 'out'), 'old\n');
    runInto(join(folder, 'out'), true);
    expect(readdirSync(join(folder, 'out'))).toEqual(['summary.csv']);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('keeps the old results of a run that is abandoned', () => {
    placeResults(join(folder, 'out'), 'old\n');
    const run = openRunFolder(join(folder, 'out'), true);
    run.open('summary.csv').write(Buffer.from('new'));
    run.abandon();
    expect(readFileSync(join(folder, 'out/summary.csv'), 'utf8')).toBe('old\n');
  });

  it('replaces nothing but results, whatever is allowed', () => {
    const path = join(folder, 'thesis');
    mkdirSync(path);
    writeFileSync(join(path, 'chapter-1.tex'), 'years of work');
    expect(() => openRunFolder(path, true)).toThrow(/is no results folder; --force replaces only those/);
    // A manifest of something else does not make it one.
    writeFileSync(join(path, 'manifest.json'), '{ "name": "an extension of a browser" }');
    expect(() => openRunFolder(path, true)).toThrow(UsageError);
    writeFileSync(join(folder, 'a-file'), '');
    expect(() => openRunFolder(join(folder, 'a-file'), true)).toThrow(UsageError);
    expect(readdirSync(path)).toEqual(['chapter-1.tex', 'manifest.json']);
  });

  it('replaces no results that somebody has put notes beside', () => {
    placeResults(join(folder, 'out'), 'old\n');
    writeFileSync(join(folder, 'out/notes.md'), 'see line 4');
    expect(() => openRunFolder(join(folder, 'out'), true)).toThrow(/also holds notes\.md, which no run wrote/);
  });

  it('replaces no results that another run has written meanwhile', () => {
    const path = join(folder, 'out');
    const run = openRunFolder(path, false);
    placeResults(path, 'theirs\n');
    expect(() => run.publish()).toThrow(/exists/);
    run.abandon();
    expect(readFileSync(join(path, 'summary.csv'), 'utf8')).toBe('theirs\n');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('sees a link that leads nowhere as taken', () => {
    symlinkSync(join(folder, 'gone'), join(folder, 'out'));
    expect(() => openRunFolder(join(folder, 'out'), false)).toThrow(/exists/);
  });

  it.each([
    ['../../x', /leads out of the working directory/],
    ['a/../../x', /leads out of the working directory/],
    ['.', /is the working directory, or holds it/],
    ['/', /is the working directory, or holds it/],
  ])('refuses %s', (path, words) => {
    expect(() => openRunFolder(path, true)).toThrow(words);
  });

  it('refuses a name below a file, since no retry would help -> UsageError', () => {
    writeFileSync(join(folder, 'a-file'), '');
    expect(() => openRunFolder(join(folder, 'a-file/out'), false)).toThrow(UsageError);
  });
});
