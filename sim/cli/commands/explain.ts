/** `l0sim explain RUN MESSAGE`: one message's life in words and times. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import type { MessageState } from '../../../reports/observers/states.ts';
import { nearest } from '../../grammar/nearest.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { readManifest } from '../manifest.ts';
import { openTerminal } from '../terminal.ts';

type Row = Readonly<Record<string, string>>;

const words: Readonly<Record<MessageState, string>> = {
  requested: 'was asked for and waits in the source mempool',
  rejected: 'was refused by the source',
  sent: 'was committed in a source block',
  orphaned: 'fell out of the source chain by a reorg',
  final: 'became final at the source',
  attesting: 'got its first signature',
  attested: 'got enough signatures',
  held: 'is held by a control',
  verified: 'was verified at the destination, not yet executed',
  executed: 'was executed at the destination',
  failed: 'failed at the destination',
  'ack-pending': 'left an acknowledgement at the destination',
  acknowledged: 'was acknowledged at the source',
  unwound: 'was unwound at the source',
  discarded: 'was given up before it was sent',
  stranded: 'was given up by every relayer',
  forged: 'was executed though no source ever sent it',
};

/** Names kept to find the one that was meant. */
const NAMES_MAX = 10_000;

export async function explainCommand(given: { readonly run: string; readonly message: string }): Promise<number> {
  const manifest = readManifest(given.run);
  const { rows: moves, names } = await rowsOf(given.run, 'transitions.csv', given.message);
  if (moves.length === 0) {
    const near = nearest(given.message, names);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw new UsageError(`no message ${given.message} in ${given.run}${hint} (names are <traffic>/<number>)`);
  }
  const { rows: ends } = await rowsOf(given.run, 'messages.csv', given.message);
  const { rows: findings } = await rowsOf(given.run, 'violations.csv', given.message);
  const first = moves[0] as Row;
  const lines = [
    `${given.message} on lane ${first['lane'] ?? ''}, scenario ${manifest.scenario}, seed ${manifest.seed}`,
    ...tell(moves),
    ...ends.map((row) => `outcome: ${row['outcome'] ?? ''}${inBrackets(row['reason'])}`),
    ...findings.map((row) => `finding: ${row['property'] ?? ''}: ${row['what'] ?? ''}`),
  ];
  openTerminal(false).out(lines.join('\n'));
  return EXIT.asExpected;
}

/** Rows of one message, row by row: the file may be larger than memory. Throws UsageError when it cannot be read. */
async function rowsOf(folder: string, file: string, message: string): Promise<{ rows: Row[]; names: string[] }> {
  const rows: Row[] = [];
  const names = new Set<string>();
  const source = createReadStream(join(folder, file));
  const parser = parse({ columns: true });
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const row of source.pipe(parser) as AsyncIterable<Row>) {
      const name = row['message'] ?? '';
      if (name === message) rows.push(row);
      else if (names.size < NAMES_MAX) names.add(name);
    }
  } catch (error) {
    throw new UsageError(`cannot read ${join(folder, file)}: ${(error as Error).message}`);
  }
  return { rows, names: [...names] };
}

/** A line a move: when, how long after the one before, what, where, by whom, why, for how much, and from which event. */
function tell(moves: readonly Row[]): string[] {
  let last = Number(moves[0]?.['time_ms']);
  return moves.map((move) => {
    const cell = (name: string): string => move[name] ?? '';
    const time = Number(cell('time_ms'));
    const what = words[cell('to') as MessageState] ?? cell('to');
    const place = cell('chain') === '' ? '' : ` on ${cell('chain')} at height ${cell('height')}`;
    const by = cell('actor') === '' ? '' : ` by ${cell('actor')}`;
    const isFree = cell('fee_base_units') === '0' || cell('fee_base_units') === '';
    const fee = isFree ? '' : `, fee ${cell('fee_base_units')} ${cell('fee_asset')}`;
    const cause = cell('cause') === '0' ? '' : `, caused by event ${cell('cause')}`;
    const why = inBrackets(move['reason']);
    const line = `${seconds(time)}  +${seconds(time - last)}  ${what}${place}${by}${why}${fee}   [event ${cell('event')}${cause}]`;
    last = time;
    return line;
  });
}

function inBrackets(reason: string | undefined): string {
  return reason === undefined || reason === '' ? '' : ` (${reason})`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3).padStart(10)}s`;
}
