/** Systems side by side: each row is read from what a lane of the system resolves to, nothing is written by hand. */
import type { Duration } from '../base/units.ts';
import { SECOND } from '../base/units.ts';
import { type LoadOptions, loadScenario } from './load.ts';
import { finalityUs } from './lint/short-timeout.ts';
import { trustOf } from './lint/trust.ts';
import { nameOf } from './read-preset.ts';
import type { FeesEntry, LaneEntry, Scenario, VerifierEntry } from './scenario.ts';
import { partsOf } from './verifier-tree.ts';

export interface ProtocolRow {
  readonly protocol: string;
  /** Whom a lane believes, in words. */
  readonly trust: string;
  /** Fewest keys that must sign anything before it is fooled; of a light client, of ten equal validators. */
  readonly keys: string;
  /** Mean wait for finality by chain of origin. */
  readonly finality: string;
  readonly ordering: string;
  readonly replay: string;
  /** What becomes of a call that fails. */
  readonly failure: string;
  readonly timeout: string;
  readonly refund: string;
  readonly acknowledgement: string;
  readonly fees: string;
}

export const PROTOCOL_COLUMNS: readonly (readonly [keyof ProtocolRow, string])[] = [
  ['protocol', 'system'],
  ['trust', 'trust'],
  ['keys', 'fooled by keys'],
  ['finality', 'finality wait'],
  ['ordering', 'ordering'],
  ['replay', 'replay'],
  ['failure', 'failed call'],
  ['timeout', 'timeout'],
  ['refund', 'refund'],
  ['acknowledgement', 'acknowledgement'],
  ['fees', 'fees'],
];

/** Chains of origin that waits are shown for. */
const ORIGINS = ['ethereum', 'arbitrum', 'base', 'cosmos-hub'] as const;

const BESIDE = 'parachain';

/** The row of a system; `name` is that of a preset, or of a file that `options.readText` finds. */
export function protocolRow(name: string, options: LoadOptions): ProtocolRow {
  const file = { ...options, file: `lane of ${name}` };
  const beside = loadScenario(laneBeside(name), file).scenario;
  // What passes messages through a chain below both joins no others.
  const isShared = beside.lanes[laneName(BESIDE)]?.verifier.kind === 'shared-security';
  const { scenario } = isShared ? { scenario: beside } : loadScenario(laneFrom(name), file);
  const origins = isShared ? [BESIDE] : ORIGINS;
  const [first] = Object.values(scenario.lanes) as [LaneEntry];
  const homeName = laneName(isShared ? BESIDE : 'cosmos-hub');
  const home = scenario.lanes[homeName] as LaneEntry;
  const { count } = trustOf(scenario, homeName, home).real.keys;
  return {
    protocol: nameOf(name),
    trust: [...new Set([trustText(home.verifier), trustText(first.verifier)])].join('; from ethereum '),
    keys: count === Infinity ? '-' : String(count),
    finality: origins.map((origin) => `${origin} ${waitText(scenario, laneName(origin))}`).join(', '),
    ordering: first.ordering,
    replay: first.replay ?? 'receipt',
    failure: first.failure ?? 'error-ack',
    timeout: timeoutText(first),
    refund: refundText(first),
    acknowledgement: first.acknowledge ? 'outcome' : 'none',
    fees: feesText(first.fees),
  };
}

function laneName(origin: string): string {
  return `from-${origin}`;
}

/** A scenario with a lane of the system between two parachains of one relay chain. */
function laneBeside(name: string): string {
  const chain = (id: string) =>
    `  ${id}: { consensus: { kind: parachain, on: relay }, block: 6s, asset: { name: ${id.toUpperCase()}, decimals: 6 } }\n`;
  const lane = `  ${laneName(BESIDE)}: { from: ${BESIDE}, to: there, protocol: ${JSON.stringify(name)} }\n`;
  const chains = `  relay: { preset: polkadot }\n${chain(BESIDE)}${chain('there')}`;
  return `l0sim: 1\nname: table\nhorizon: 1min\nchains:\n${chains}lanes:\n${lane}`;
}

/** A scenario with a lane of the system from each of the chains of origin. */
function laneFrom(name: string): string {
  const validators = 'validators: 10';
  const chains = ORIGINS.map(
    (origin) => `  ${origin}: { preset: ${origin}${origin === 'cosmos-hub' ? `, ${validators}` : ''} }\n`,
  );
  const lanes = ORIGINS.map(
    (origin) => `  ${laneName(origin)}: { from: ${origin}, to: there, protocol: ${JSON.stringify(name)} }\n`,
  );
  const there = '  there: { consensus: { kind: parametric }, asset: { name: THERE, decimals: 6 } }\n';
  return `l0sim: 1\nname: table\nhorizon: 1min\nchains:\n${chains.join('')}${there}lanes:\n${lanes.join('')}`;
}

/** Whom a tree believes: `labs 1 of 1 and 1 of (a 1 of 1, b 3 of 4)`. */
export function trustText(entry: VerifierEntry): string {
  const parts = partsOf(entry);
  const named = (isRequired: boolean): string[] =>
    parts.filter((part) => part.isRequired === isRequired).map((part) => `${part.name} ${wrapped(part.entry)}`);
  switch (entry.kind) {
    case 'light-client':
      return 'validators of the source';
    case 'header-chain':
      return 'miners of the source';
    case 'hash-lock':
      return 'whoever shows the secret';
    case 'shared-security':
      return 'the chain below both';
    case 'proof-chain':
      return 'validators of each chain on the way';
    case 'validity-proof':
      return `validators of the source, the circuit${entry.key === undefined ? '' : `, and guardians of it ${entry.key.threshold} of ${entry.key.guardians}`}`;
    case 'committee': {
      const total = (entry.weights ?? []).reduce((sum, weight) => sum + weight, 0);
      return entry.weights === undefined
        ? `${entry.threshold} of ${entry.members}`
        : `weight ${entry.threshold} of ${total}`;
    }
    case 'all':
      return named(true).join(' and ');
    case 'any':
      return named(false).join(' or ');
    case 'threshold':
      return `${entry.atLeast} of (${named(false).join(', ')})`;
    case 'required-optional': {
      const enough = entry.atLeast === 0 ? [] : [`${entry.atLeast} of (${named(false).join(', ')})`];
      return [...named(true), ...enough].join(' and ');
    }
    case 'route':
      return `by route: ${named(false).join(', ')}`;
    default:
      return otherText(entry, named);
  }
}

/** What has parts of its own is told by them; what has none, by its kind. */
function otherText(entry: { readonly kind: string }, named: (isRequired: boolean) => string[]): string {
  const parts = [...named(true), ...named(false)];
  return parts.length === 0 ? entry.kind : `${entry.kind}: ${parts.join(', ')}`;
}

function wrapped(entry: VerifierEntry): string {
  const text = trustText(entry);
  return partsOf(entry).length > 1 ? `(${text})` : text;
}

/** Mean time from a block to its finality under the rule of a lane. */
function waitText(scenario: Scenario, lane: string): string {
  return durationText(finalityUs(scenario, scenario.lanes[lane] as LaneEntry));
}

function durationText(us: number): string {
  const seconds = us / SECOND;
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

function hasTimeout({ timeout, timeoutBlocks }: { timeout: Duration; timeoutBlocks: number }): boolean {
  return timeoutBlocks > 0 || timeout > 0;
}

function timeoutText(lane: LaneEntry): string {
  const parts = [
    ...(lane.timeout > 0 ? [durationText(lane.timeout)] : []),
    ...(lane.timeoutBlocks > 0 ? [`${lane.timeoutBlocks} blocks`] : []),
  ];
  const back = lane.refundAfter === undefined ? '' : `, then ${durationText(lane.refundAfter)} by the source's clock`;
  return `${parts.length === 0 ? 'none' : parts.join(' or ')}${back}`;
}

/** Who pays what: `ahead: gas 250000 x 1.2`. */
export function feesText(fees: FeesEntry): string {
  if (fees === 'unpaid') return fees;
  switch (fees.kind) {
    case 'ahead': {
      const gas = fees.gas === 0 ? [] : [`gas ${fees.gas}${fees.margin === '1' ? '' : ` x ${fees.margin}`}`];
      return `ahead: ${[...(fees.flat === '0' ? [] : [fees.flat]), ...gas].join(' + ') || 'nothing'}`;
    }
    case 'incentive':
      return `for the work: ${fees.receive} + ${fees.acknowledge} or ${fees.timeOut}, the rest back`;
    case 'on-delivery':
      return `${fees.bps} bps of what arrives, to the ${fees.to}`;
  }
}

function refundText(lane: LaneEntry): string {
  const on = [
    ...(hasTimeout(lane) ? ['timeout'] : []),
    ...(lane.acknowledge && (lane.failure ?? 'error-ack') === 'error-ack' ? ['error'] : []),
  ];
  return on.length === 0 ? 'none' : `on ${on.join(' and ')}`;
}
