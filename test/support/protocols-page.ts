/** `docs/protocols.md`: systems side by side, what each does otherwise, and thirty sources, all read from the presets. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { middle } from '../../sim/experiment/lanes/lane-report.ts';
import { PROTOCOL_COLUMNS, protocolRow } from '../../sim/scenario/protocol-table.ts';
import { isMap, type PlainMap, type PlainValue } from '../../sim/scenario/text/located.ts';
import { readYaml } from '../../sim/scenario/text/read.ts';
import { optionsFor, shippedPresets, SOURCES } from './scenarios.ts';
import { textOf } from './sources.ts';

const DRAWN = 30;

export interface SourcedValue {
  readonly preset: string;
  readonly path: string;
  readonly value: string;
  readonly tag: string;
  readonly place: string;
}

function valueOf(path: string): PlainMap {
  return readYaml(textOf(path), path).value as PlainMap;
}

/** Every value of a preset that names a source, in the order of files and keys. */
export function sourcedValues(): SourcedValue[] {
  return shippedPresets()
    .filter((path) => !path.includes('/regions/'))
    .flatMap((path) => {
      const preset = valueOf(path);
      const sources = isMap(preset['sources']) ? preset['sources'] : {};
      return Object.entries(sources).map(([key, source]): SourcedValue => {
        const text = typeof source === 'string' ? source : '';
        const [tag = '', ...place] = text.split(' ');
        const name = path.replace('scenarios/presets/', '').replace('.yaml', '');
        return { preset: name, path: key, value: spelled(at(preset, key.split('.'))), tag, place: place.join(' ') };
      });
    });
}

function at(value: PlainValue | undefined, [key, ...rest]: readonly string[]): PlainValue | undefined {
  if (key === undefined) return value;
  return isMap(value) ? at(value[key], rest) : undefined;
}

function spelled(value: PlainValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** Values in the order of the hashes of their names: a draw that nobody chooses, and that stays until presets change. */
export function drawnValues(): SourcedValue[] {
  const keyOf = ({ preset, path }: SourcedValue): string =>
    createHash('sha256').update(`${preset} ${path}`).digest('hex');
  return sourcedValues()
    .map((value) => [keyOf(value), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, DRAWN)
    .map(([, value]) => value);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')).replaceAll(' --- ', '---'), ...rows.map(line)].join('\n');
}

function systemTable(names: readonly string[]): string {
  const options = optionsFor('scenarios/table.yaml');
  const rows = names.map((name) => protocolRow(name, options));
  return table(
    PROTOCOL_COLUMNS.map(([, title]) => title),
    rows.map((row) => PROTOCOL_COLUMNS.map(([key]) => row[key])),
  );
}

/** Median over lanes of a system, of those that were measured above zero. */
function laneTable(): string {
  const [, ...lines] = textOf('docs/lane-validation.csv').trimEnd().split('\n');
  const errors = new Map<string, number[]>();
  for (const line of lines) {
    const cells = line.split(',');
    const [bridge = '', error = ''] = [cells[0], cells.at(-1)];
    const own = errors.get(bridge) ?? [];
    errors.set(bridge, error === '' ? own : [...own, Number(error)]);
  }
  const rows = [...errors].map(([bridge, own]) => {
    const median = middle(own.sort((a, b) => a - b)) ?? NaN;
    return [bridge, String(own.length), `${(median * 100).toFixed(1)} %`];
  });
  return table(['lanes of', 'lanes', 'median absolute relative error of the median'], rows);
}

function sourceTable(): string {
  const { tags, vectors } = valueOf(SOURCES) as Record<'tags' | 'vectors', PlainMap>;
  const rows = drawnValues().map(({ preset, path, value, tag, place }) => {
    const home = tags[tag] ?? vectors[tag];
    return [preset, `\`${path}\``, `\`${value}\``, `${tag}: ${typeof home === 'string' ? home : ''}`, place];
  });
  return table(['preset', 'value', 'is', 'source', 'where'], rows);
}

export function protocolsPage(): string {
  const names = shippedPresets()
    .filter((path) => path.includes('/protocols/'))
    .map((path) => posix.basename(path, '.yaml'))
    .sort((a, b) => (a < b ? -1 : 1));
  const paths = names.map((name) => `scenarios/presets/protocols/${name}.yaml`);
  const chains = shippedPresets().filter((path) => path.includes('/chains/')).length;
  const words = paths.map((path, i) => {
    const { summary, differences } = valueOf(path);
    const lines = Array.isArray(differences) ? differences : [];
    return `### ${names[i]}\n\n${spelled(summary)}.\n\n${lines.map((line) => `- ${spelled(line)}`).join('\n')}`;
  });
  const noted = shippedPresets().map(valueOf);
  const count = (key: string): number =>
    noted.reduce((sum, preset) => sum + Object.keys(isMap(preset[key]) ? preset[key] : {}).length, 0);
  return `${HEAD}
## Side by side

\`l0sim list protocols\` prints this table. It is read from lanes of each system: nothing in it is written by hand.

${systemTable(names)}

- *fooled by keys*: the fewest keys that must sign anything before the lane believes what never happened; of light clients, of ten equal validators.
- *finality wait*: mean time from a block to its finality under the rule of the system, on lanes from each of four chains.

## What the model does otherwise

${words.join('\n\n')}

## Beside measured lanes

\`l0sim validate --lanes FILE\` puts measured lanes beside the same lanes simulated: chains and systems as presets, and one constant for each system and destination
fitted by \`npm run fit-lanes FILE\` (\`scenarios/presets/lane-delays.yaml\`; \`--no-fit\` leaves it out). [lane-validation.csv](lane-validation.csv) has each lane of
lane_latency (June 2024 to January 2025), with quartiles of both. The constants are fitted to the same lanes: what they cannot take up is how a lane depends on its
source, and how its times spread.

${laneTable()}

- Buses leave when somebody pays or they are full, and busy lanes sooner: one wait for all sources is the coarsest number here.
- Measured times of intents are whole seconds, and below zero where a fill's block is older than that of the deposit: blocks of the model are never.

## Where the numbers are from

${chains} chains and ${names.length} systems name ${count('sources')} sources and ${count('assumptions')} assumptions with their reasons. Thirty values, drawn by the hashes of their names:

${sourceTable()}
`;
}

const HEAD = `# Systems

Generated from \`scenarios/presets/protocols\` by \`npm run schema\`: edit the presets, not this page.

A system is a file of data: what a lane is made of (verifier, order, timeout, acknowledgement, finality by the chain it comes from), and the relayer
that it brings. A lane takes it by name; what the lane says itself wins.

\`\`\`yaml
lanes:
  hub-eth: { from: hub, to: eth, protocol: layerzero-v2 }
  own: { from: hub, to: eth, protocol: ./my-system.yaml }
relayers:
  mine: { lanes: [hub-eth], protocol: layerzero-v2, count: 2 }
\`\`\`

- A lane that nobody serves gets the relayer of its system, named \`<lane>-relayer\`.
- \`l0sim compare --protocols ibc-v2,ccip,hyperlane scenarios/protocols/side-by-side.yaml\` runs one scenario under each: lanes keep their ends, limiter and pause, relayers their names,
  wallets and copies; all else is the system's. See [cli.md](cli.md).
- A message that comes back in time breaks no property: a system whose timeout is shorter than the finality of a chain delivers nothing from there, unwinds all of it, and is as expected.
  \`delivered-share\` tells. \`cost-per-message\` is what users paid, gas and carriage, for each message that they asked for, delivered or not; what relayers paid is \`relayer-cost\`.
- [add-a-protocol.md](add-a-protocol.md) adds one without touching the models.
`;
