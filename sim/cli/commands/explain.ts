/** `l0sim explain RUN MESSAGE`: one message's life in words and times. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { nearest } from '../../grammar/nearest.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { readManifest } from '../run-folder.ts';
import { openTerminal } from '../terminal.ts';

type Row = Readonly<Record<string, string>>;

function readRows(folder: string, file: string): Row[] {
  const path = join(folder, file);
  if (!existsSync(path)) throw new UsageError(`${path} is missing`);
  return parse(readFileSync(path), { columns: true });
}

const words: Readonly<Record<string, string>> = {
  requested: 'was asked for and waits in the source mempool',
  rejected: 'was refused by the source',
  sent: 'was committed in a source block',
  orphaned: 'fell out of the source chain by a reorg',
  final: 'became final at the source',
  attesting: 'got its first signature',
  attested: 'got enough signatures',
  executed: 'was executed at the destination',
  failed: 'failed at the destination',
  'ack-pending': 'left an acknowledgement at the destination',
  acknowledged: 'was acknowledged at the source',
  unwound: 'was unwound at the source',
  stranded: 'was given up by every relayer',
  forged: 'was executed though no source ever sent it',
};

export function explainCommand(given: { readonly run: string; readonly message: string }): number {
  const manifest = readManifest(given.run);
  const all = readRows(given.run, 'transitions.csv');
  const moves = all.filter((row) => row['message'] === given.message);
  if (moves.length === 0) {
    const names = [...new Set(all.map((row) => row['message'] ?? ''))];
    const near = nearest(given.message, names);
    throw new UsageError(
      `no message ${given.message} in ${given.run}${near === undefined ? '' : `; did you mean ${near}?`} (names are <traffic>/<number>)`,
    );
  }
  const terminal = openTerminal(false);
  terminal.out(
    `${given.message} on lane ${moves[0]?.['lane'] ?? ''}, scenario ${manifest.scenario}, seed ${manifest.seed}`,
  );
  let last = Number(moves[0]?.['time_ms']);
  for (const move of moves) {
    const time = Number(move['time_ms']);
    const place = move['chain'] === '' ? '' : ` on ${move['chain'] ?? ''} at height ${move['height'] ?? ''}`;
    const by = move['actor'] === '' ? '' : ` by ${move['actor'] ?? ''}`;
    const why = move['reason'] === '' ? '' : ` (${move['reason'] ?? ''})`;
    const fee =
      move['fee_base_units'] === '0' || move['fee_base_units'] === ''
        ? ''
        : `, fee ${move['fee_base_units'] ?? ''} ${move['fee_asset'] ?? ''}`;
    const to = move['to'] ?? '';
    const cause = `event ${move['event'] ?? ''}, caused by event ${move['cause'] ?? ''}`;
    terminal.out(`${pad(time)}s  +${pad(time - last)}s  ${words[to] ?? to}${place}${by}${why}${fee}   [${cause}]`);
    last = time;
  }
  const row = readRows(given.run, 'messages.csv').find((message) => message['message'] === given.message);
  if (row !== undefined)
    terminal.out(`outcome: ${row['outcome'] ?? ''}${row['reason'] === '' ? '' : ` (${row['reason'] ?? ''})`}`);
  const found = readRows(given.run, 'violations.csv').filter((each) => each['message'] === given.message);
  for (const each of found) terminal.out(`finding: ${each['property'] ?? ''}: ${each['what'] ?? ''}`);
  return EXIT.asExpected;
}

function pad(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3).padStart(10);
}
