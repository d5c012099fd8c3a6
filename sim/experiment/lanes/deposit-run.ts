/**
 * Deposits over an optimistic lane, sent when real ones were: finality of the source, an updater that signs after a time by
 * its law, the window, and a processor that takes one after another.
 */
import { assert } from '../../base/assert.ts';
import { SECOND } from '../../base/units.ts';
import { buildWorld } from '../../run/build/world.ts';
import { drive } from '../../run/drive.ts';
import { createRunParts } from '../../run/parts.ts';
import { type LoadOptions, loadScenario } from '../../scenario/load.ts';
import { isMap, type PlainMap } from '../../scenario/text/located.ts';
import { readYaml } from '../../scenario/text/read.ts';
import { toYaml } from '../../scenario/text/write.ts';

/** What the preset of a system leaves open. Times in seconds. */
export interface DepositConstants {
  readonly source: string;
  readonly destination: string;
  /** Blocks on top after which the updater takes a block for final. */
  readonly depth: number;
  /** Time from one delivery to the next, which waits for the one before to be confirmed. */
  readonly processorS: number;
  /** Deposits before are of another regime, and left out. */
  readonly sinceS: number;
  /** Fitted: mean of the exponential time until the updater signs, and what all that was not modelled takes. */
  readonly updaterS: number;
  readonly delayS: number;
}

export const CONSTANTS = 'presets/deposit-delays.yaml';
const NUMBERS = ['depth', 'processorS', 'sinceS', 'updaterS', 'delayS'] as const;
/** Longest silence between two deposits: longer ones change nothing but the length of the run. */
const SILENCE_S = 3_600;
const START_S = 600;

type ReadText = (path: string) => Uint8Array | string;

/** The constants of a system; undefined where the file has none. */
export function depositConstants(readText: ReadText, system: string): DepositConstants | undefined {
  const all = readYaml(readText(CONSTANTS), CONSTANTS).value;
  const own = isMap(all) ? all[system] : undefined;
  if (!isMap(own)) return undefined;
  const numbers = Object.fromEntries(NUMBERS.map((key) => [key, Number(own[key])]));
  const { source, destination } = own;
  assert(typeof source === 'string' && typeof destination === 'string', 'the constants name two presets', { system });
  return { source, destination, ...numbers } as DepositConstants;
}

/** Text of the scenario. The verifier is that of the preset, but for the law by which its updater signs. */
export function depositScenario(
  readText: ReadText,
  system: string,
  constants: DepositConstants,
  sentS: readonly number[],
  seed: string,
): string {
  let at = START_S;
  let before = sentS[0] ?? 0;
  const entries = sentS.map((sent) => {
    at += Math.min(SILENCE_S, sent - before);
    before = sent;
    return { at_us: at * SECOND };
  });
  return toYaml({
    l0sim: 1,
    name: 'deposits',
    question: 'How long do deposits take, sent when real ones were?',
    ...{ seed, horizon: `${at + 1}s`, drain: '30d', proofs: 'modelled' },
    chains: {
      // One miner and free gas: neither forks nor wallets are what is asked.
      source: { preset: constants.source, validators: 1, gas: { price: 0 } },
      destination: { preset: constants.destination, gas: { price: 0 } },
    },
    lanes: {
      lane: {
        ...{ from: 'source', to: 'destination', protocol: system, timeout: '0s' },
        finality: { kind: 'depth', blocks: constants.depth },
        verifier: verifierOf(readText, system, constants.updaterS),
      },
    },
    relayers: {
      processor: {
        ...{ lanes: ['lane'], protocol: system, service: `${constants.processorS}s` },
        submit: `${Math.round(constants.delayS * 1_000)}ms`,
      },
    },
    traffic: {
      deposits: { application: 'remote-call', lane: 'lane', users: 1, arrivals: { kind: 'trace', entries } },
    },
  });
}

function verifierOf(readText: ReadText, system: string, updaterS: number): PlainMap {
  const path = `presets/protocols/${system}.yaml`;
  const preset = readYaml(readText(path), path).value;
  const lane = isMap(preset) ? preset['lane'] : undefined;
  const verifier = isMap(lane) ? lane['verifier'] : undefined;
  const below = isMap(verifier) ? verifier['of'] : undefined;
  if (!isMap(verifier) || !isMap(below)) throw new Error(`${path} has no optimistic verifier`);
  const signing = { kind: 'exponential', mean: `${Math.round(updaterS * 1_000)}ms` };
  return { ...verifier, of: { ...below, signing } } as PlainMap;
}

/** Seconds from the block of each deposit to that of its delivery, in the order in which they were sent; throws ScenarioErrors. */
export function runDeposits(text: string, deposits: number, options: LoadOptions): number[] {
  const { scenario } = loadScenario(text, { ...options, eventBudget: Number.MAX_SAFE_INTEGER });
  const sentUs = new Map<number, number>();
  const seconds: number[] = [];
  let arrived = 0;
  const simulation = buildWorld(scenario, createRunParts([]), [
    {
      onRecord: ({ time }, { name }, fields) => {
        if (name !== 'packet-committed' && name !== 'packet-received') return;
        const { sequence } = fields as unknown as { readonly sequence: number };
        if (name === 'packet-committed') sentUs.set(sequence, time);
        else {
          arrived++;
          seconds[sequence - 1] = (time - (sentUs.get(sequence) ?? NaN)) / SECOND;
        }
      },
    },
  ]);
  drive(simulation, { isResolved: () => arrived === deposits });
  assert(arrived === deposits, 'every deposit arrives', { deposits, arrived });
  return seconds;
}

/** Largest distance between the empirical distributions of two samples. @source Kolmogorov 1933, Smirnov 1948 */
export function distributionDistance(first: readonly number[], second: readonly number[]): number {
  const a = [...first].sort((x, y) => x - y);
  const b = [...second].sort((x, y) => x - y);
  let most = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const x = Math.min(a[i] as number, b[j] as number);
    while (i < a.length && (a[i] as number) <= x) i++;
    while (j < b.length && (b[j] as number) <= x) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}
