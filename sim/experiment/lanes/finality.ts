/**
 * Chain presets beside published tables of how long their blocks take to be final. A table means the head that a chain calls
 * final, or so many blocks on top; both are simulated, and one of them must be what the table says.
 */
import { createRunParts } from '../../run/parts.ts';
import { buildWorld } from '../../run/build/world.ts';
import { drive } from '../../run/drive.ts';
import { type LoadOptions, loadScenario } from '../../scenario/load.ts';
import { isMap } from '../../scenario/text/located.ts';
import { LaneFileError } from './lane-file.ts';

export interface Told {
  readonly table: 'Wormhole' | 'CCIP' | 'Axelar';
  readonly seconds: number;
  /** Blocks on top that the table speaks of; undefined where it speaks of none. */
  readonly blocks: number | undefined;
}

export interface ToldChain {
  readonly preset: string;
  readonly told: readonly Told[];
}

/** Presets and their names in the tables, where they are not written alike. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  bnb: ['BNB Smart Chain', 'BNB'],
  optimism: ['Optimism', 'OP'],
  'world-chain': ['World Chain', 'Worldchain'],
};
/** More blocks than any chain is deep stand for a head of its own. */
const BLOCKS_MOST = 10_000;

/** Reads the file and finds the presets that it names, in their order. Throws LaneFileError. */
export function readFinalityTables(text: string, presets: readonly string[]): ToldChain[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LaneFileError('it is no JSON');
  }
  const table = (name: string): ReadonlyMap<string, unknown> => {
    const entries = isMap(value) ? value[name] : undefined;
    if (!isMap(entries)) throw new LaneFileError(`it has no ${name}`);
    return new Map(Object.entries(entries).map(([chain, entry]) => [plainName(chain), entry]));
  };
  const wormhole = table('wormhole_time_to_finalize_s');
  const ccip = table('ccip_estimated_finality');
  const axelar = table('axelar_time_to_confirmation');
  return presets.flatMap((preset) => {
    const named = (of: ReadonlyMap<string, unknown>): unknown =>
      [preset, ...(NAMES[preset] ?? [])].map((name) => of.get(plainName(name))).find((entry) => entry !== undefined);
    const seconds = named(wormhole);
    const told: (Told | undefined)[] = [
      typeof seconds === 'number' ? { table: 'Wormhole', seconds, blocks: undefined } : undefined,
      toldIn('CCIP', named(ccip)),
      toldIn('Axelar', named(axelar)),
    ];
    const found = told.filter((each) => each !== undefined);
    return found.length === 0 ? [] : [{ preset, told: found }];
  });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function toldIn(table: Told['table'], entry: unknown): Told | undefined {
  if (!isMap(entry) || typeof entry['time'] !== 'string') return undefined;
  const seconds = secondsOf(entry['time']);
  if (seconds === undefined) return undefined;
  const rule = entry['method'] ?? entry['blocks'];
  const digits = typeof rule === 'string' ? /(\d+) blocks?/.exec(rule)?.[1] : undefined;
  const blocks = digits === undefined || Number(digits) > BLOCKS_MOST ? undefined : Number(digits);
  return { table, seconds, blocks };
}

/** Of `17 minutes`, `19:06 minutes`, `< 1 second`, which is taken for half of it; undefined for `Instant`. */
export function secondsOf(text: string): number | undefined {
  const found = /^(<\s*)?([\d.]+)(?::(\d+))? (second|minute|hour)s?$/.exec(text);
  if (found === null) return undefined;
  const [, below, whole, rest, unit = 'second'] = found;
  const of = { second: 1, minute: 60, hour: 3_600 }[unit] ?? 1;
  return (Number(whole) + Number(rest ?? 0) / 60) * of * (below === undefined ? 1 : 0.5);
}

export interface SimulatedFinality {
  /** Mean seconds from a block to the next one, and to each head that the chain names. */
  readonly block: number;
  readonly heads: Readonly<Record<string, number>>;
}

/** Whole steps of 384 s, in which rollups and chains of slots are final, from the fourth on. */
const STEP_S = 384;
const STEPS = 4;

export function runFinality(preset: string, longestS: number, options: LoadOptions): SimulatedFinality {
  const [from, to] = [STEPS * STEP_S, 2 * STEPS * STEP_S];
  const text = `l0sim: 1
name: finality
horizon: ${Math.ceil(to + longestS + 3 * STEP_S)}s
drain: 0s
proofs: modelled
chains: { chain: { preset: ${preset} } }
`;
  const { scenario } = loadScenario(text, { ...options, eventBudget: Number.MAX_SAFE_INTEGER });
  const made: { readonly height: number; readonly at: number }[] = [];
  const waits = new Map<string, { next: number; sum: number }>();
  const simulation = buildWorld(scenario, createRunParts([]), [
    {
      onRecord: ({ time }, { name }, fields) => {
        const { height, tag } = fields as unknown as { readonly height: number; readonly tag: string };
        const at = time / 1_000_000;
        if (name === 'block-produced' && at >= from && at < to) made.push({ height, at });
        if (name !== 'tag-moved') return;
        const head = waits.get(tag) ?? { next: 0, sum: 0 };
        waits.set(tag, head);
        for (let block = made[head.next]; block !== undefined && block.height <= height; block = made[++head.next]) {
          head.sum += at - block.at;
        }
      },
    },
  ]);
  drive(simulation, { isResolved: () => false });
  const last = made.at(-1)?.at ?? 0;
  const heads = [...waits].filter(([, { next }]) => next === made.length);
  return {
    block: (last - (made[0]?.at ?? 0)) / (made.length - 1),
    heads: Object.fromEntries(heads.map(([tag, { sum }]) => [tag, sum / made.length])),
  };
}

export interface ComparedChain extends ToldChain {
  readonly simulated: SimulatedFinality;
  /** Of each that is told: what of the simulated is nearest to it, and whether it is near enough. */
  readonly nearest: readonly { readonly what: string; readonly seconds: number; readonly isClose: boolean }[];
  readonly verdict: 'two' | 'the only one' | 'tables disagree' | 'OFF';
}

const SHARE = 0.25;
/** Tables have whole seconds. */
const WHOLE_S = 1;

function isClose(seconds: number, told: number): boolean {
  return Math.abs(seconds - told) <= Math.max(WHOLE_S, SHARE * told);
}

export function compareFinality(chain: ToldChain, simulated: SimulatedFinality): ComparedChain {
  const { finalized, safe } = simulated.heads;
  // A block of a chain without heads is final when it is made: what tables have of it is the time of a block.
  const own = finalized === undefined ? { block: simulated.block } : { finalized };
  const all = { ...own, ...(safe === undefined ? {} : { safe }) };
  const nearest = chain.told.map(({ seconds, blocks }) => {
    const deep = blocks === undefined ? {} : { [`${blocks} blocks`]: blocks * simulated.block };
    const [found] = Object.entries({ ...all, ...deep }).sort(
      ([, a], [, b]) => Math.abs(a - seconds) - Math.abs(b - seconds),
    );
    const [what = '', is = NaN] = found ?? [];
    return { what, seconds: is, isClose: isClose(is, seconds) };
  });
  return { ...chain, simulated, nearest, verdict: verdictOf(chain, nearest.filter((each) => each.isClose).length) };
}

function verdictOf({ told }: ToldChain, close: number): ComparedChain['verdict'] {
  if (close >= 2) return 'two';
  if (told.length === 1) return close === 1 ? 'the only one' : 'OFF';
  return close === 1 && !canAgree(told) ? 'tables disagree' : 'OFF';
}

/** Whether one time is near enough to two of the tables that speak of no number of blocks. */
function canAgree(told: readonly Told[]): boolean {
  const spans = told.map(({ seconds }) => {
    const off = Math.max(WHOLE_S, SHARE * seconds);
    return { from: seconds - off, to: seconds + off };
  });
  return spans.some((a, i) => spans.some((b, j) => i < j && a.from <= b.to && b.from <= a.to));
}
