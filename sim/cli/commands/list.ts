/** `l0sim list [kind]`: what there is to put into a scenario, and what comes out. */
import Table from 'cli-table3';
import { columnName, csvFiles } from '../../../reports/csv/columns.ts';
import { assumptionKinds } from '../../../reports/observers/assumption-kinds.ts';
import { properties } from '../../../reports/observers/properties/table.ts';
import { scalarsOf } from '../../../reports/scalars.ts';
import { limiters } from '../../../models/controls/limiters.ts';
import { pauses } from '../../../models/controls/pauses.ts';
import { faults } from '../../../models/faults/faults.ts';
import { feeSchemes } from '../../../models/lanes/fee-schemes.ts';
import { failures } from '../../../models/lanes/failures.ts';
import { replays } from '../../../models/lanes/replays.ts';
import { orderings } from '../../../models/lanes/orderings.ts';
import { records } from '../../../models/records.ts';
import { strategies } from '../../../models/relayers/strategies.ts';
import { nearest } from '../../grammar/nearest.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { PROTOCOL_COLUMNS, protocolRow } from '../../scenario/protocol-table.ts';
import { plainTable } from '../figure-table.ts';
import { presetNames, presetSource } from '../files.ts';
import { openTerminal } from '../terminal.ts';

const PROTOCOLS = 'protocols';

type Row = readonly [string, string, string];

const kinds: Readonly<Record<string, () => Row[]>> = {
  parts: () => [
    ['consensus', 'parametric', 'blocks by a law or on demand, made by one node that never fails'],
    ['consensus', 'bft', 'votes with rounds and locks, as CometBFT does it'],
    ['consensus', 'proof-of-work', 'Poisson blocks by hash share, forks, the heaviest branch'],
    ['consensus', 'slots', 'proposers and committees by slot, epochs that justify and finalise, leak and slashing'],
    ['consensus', 'rollup', 'a sequencer, its data and heads on a chain below, believed after a window or by proof'],
    ['consensus', 'parachain', 'blocks that the validators of a relay chain back, include, check and may undo'],
    ['verifier', 'light-client', 'follows headers signed by the validators of the source'],
    ['verifier', 'proof-chain', 'looks through the light clients of the chains on the way'],
    ['verifier', 'shared-security', 'sees the other chain through one that both stand on, or that one of them is'],
    ['verifier', 'hash-lock', 'locks value at both ends under one secret, which takes both'],
    ['verifier', 'header-chain', 'follows mined headers and waits for depth'],
    ['verifier', 'committee', 'believes what enough of its members signed'],
    ['verifier', 'all', 'believes what all of its parts believe'],
    ['verifier', 'any', 'believes what one of its parts believes'],
    ['verifier', 'threshold', 'believes what enough of its parts believe'],
    ['verifier', 'required-optional', 'believes what some parts, and enough of the rest, believe'],
    ['verifier', 'validity-proof', 'believes heads that come with a proof, in batches, from provers that may be down'],
    ['verifier', 'optimistic', 'believes what somebody claims and nobody disputes in time'],
    ['verifier', 'route', 'has a part for each sender, amount or source'],
    ...rows('ordering', orderings),
    ...rows('replay', replays),
    ...rows('failure', failures),
    ...rows('limiter', limiters),
    ...rows('pause', pauses),
    ...rows('fees', feeSchemes),
    ...rows('strategy', strategies),
    ['application', 'token-transfer', 'escrow and voucher, both directions, refund'],
    ['application', 'remote-call', 'bytes for a contract on the other side, which may fail'],
    ...rows('fault', faults),
    ...properties.map((part): Row => ['property', part.slug, `${part.id}: ${part.summary}`]),
    ...Object.entries(assumptionKinds).map(([name, kind]): Row => ['assumption', name, `${kind.id}: ${kind.meaning}`]),
  ],
  presets: () =>
    (['chains', 'protocols', 'regions'] as const).flatMap((folder) =>
      presetNames(folder).map((name): Row => [folder, name, `scenarios/presets/${folder}/${name}.yaml`]),
    ),
  columns: () =>
    csvFiles.flatMap((file) =>
      Object.entries(file.columns).map(([key, column]): Row => [
        file.name,
        columnName(key, column.type),
        column.meaning,
      ]),
    ),
  metrics: () => scalarsOf(['ASSET']).map((scalar): Row => [scalar.name, scalar.unit, scalar.meaning]),
  records: () => records.map((record): Row => [record.name, record.order.join(', '), record.meaning]),
};

/** A row of words for each system, told as it resolves. */
function listProtocols(isJson: boolean): void {
  const terminal = openTerminal(false);
  const found = presetNames('protocols').map((name) => protocolRow(name, presetSource('-')));
  if (isJson) for (const row of found) terminal.out(JSON.stringify({ list: 'protocols', ...row }));
  else {
    const head = PROTOCOL_COLUMNS.map(([, title]) => title);
    const cells = found.map((row) => PROTOCOL_COLUMNS.map(([key]) => row[key]));
    terminal.out(`protocols\n${plainTable(head, cells, head.length)}\n`);
  }
}

function rows(kind: string, table: Readonly<Record<string, { readonly summary: string }>>): Row[] {
  return Object.entries(table).map(([name, part]): Row => [kind, name, part.summary]);
}

export function listCommand(given: {
  readonly kind?: string | undefined;
  readonly json?: boolean | undefined;
}): number {
  const names = given.kind === undefined ? [...Object.keys(kinds), PROTOCOLS] : [given.kind];
  const terminal = openTerminal(false);
  for (const name of names) {
    if (name === PROTOCOLS) {
      listProtocols(given.json === true);
      continue;
    }
    const make = kinds[name];
    if (make === undefined) {
      const near = nearest(name, [...Object.keys(kinds), PROTOCOLS]);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      throw new UsageError(
        `nothing to list under ${name} (one of ${[...Object.keys(kinds), PROTOCOLS].join(', ')})${hint}`,
      );
    }
    if (given.json === true) {
      for (const row of make())
        terminal.out(JSON.stringify({ list: name, group: row[0], name: row[1], meaning: row[2] }));
      continue;
    }
    const table = new Table({ chars: plainChars, style: { head: [], border: [], 'padding-left': 0 } });
    for (const row of make()) table.push([...row]);
    terminal.out(`${name}\n${table.toString()}\n`);
  }
  return EXIT.asExpected;
}

const plainChars = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, name === 'middle' ? '  ' : '']),
);
