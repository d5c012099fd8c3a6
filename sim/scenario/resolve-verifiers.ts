/** Verifier trees from their text: defaults that depend on the chain that is tracked, routes that this lane can take. */
import { type Ratio, ratio } from '../base/ratio.ts';
import { type Duration, duration, HOUR, MILLISECOND, MINUTE, SECOND } from '../base/units.ts';
import type { ChainEntry, ClientDelay, PartEntries, RouteEntry, VerifierEntry } from './scenario.ts';
import type { PartsText, VerifierText } from './schema-verifiers.ts';

/** Two thirds of a 21 day unbonding period. @source hermes@a0335506 config.toml, trusting_period. */
const TRUSTING_DEFAULT = 14 * 24 * HOUR;

/** @source decred/atomicswap@7c6928f cmd/btcatomicswap/main.go: the participant locks for 24 hours. */
const LEG_LOCK = duration(24 * HOUR);

/** `name` and `chain` are those of the chain that the verifier tracks. */
export function resolveVerifier(
  text: VerifierText | undefined,
  name: string,
  chain: ChainEntry | undefined,
): VerifierEntry {
  const parts = (texts: PartsText): PartEntries =>
    Object.fromEntries(Object.entries(texts).map(([id, part]) => [id, resolveVerifier(part, name, chain)]));
  switch (text?.kind) {
    case undefined:
      return followerOf(chain);
    case 'header-chain':
      return { kind: 'header-chain' };
    case 'shared-security':
      return { kind: 'shared-security' };
    case 'hash-lock':
      return {
        kind: 'hash-lock',
        lock: text.lock ?? LEG_LOCK,
        reveal: text.reveal ?? { kind: 'constant', value: MINUTE },
        abandonsPpm: Math.round((text.abandons ?? 0) * 1_000_000),
      };
    case 'proof-chain':
      return { kind: 'proof-chain', through: text.through };
    case 'light-client':
      return {
        kind: 'light-client',
        trustingPeriod: text['trusting-period'] ?? duration(TRUSTING_DEFAULT),
        trustLevel: text['trust-level'] ?? ratio(1, 3),
        clockDrift: text['clock-drift'] ?? duration(10 * SECOND),
        ...delayOf(text.delay, text['delay-blocks']),
      };
    case 'committee':
      return resolveCommittee(text);
    case 'validity-proof':
      return resolveValidity(text);
    case 'all':
    case 'any':
      return { kind: text.kind, of: parts(text.of) };
    case 'threshold':
      return { kind: 'threshold', of: parts(text.of), atLeast: text['at-least'] };
    case 'required-optional':
      return {
        kind: 'required-optional',
        required: parts(text.required),
        optional: parts(text.optional),
        atLeast: text['at-least'],
      };
    case 'optimistic':
      return {
        kind: 'optimistic',
        of: resolveVerifier(text.of, name, chain),
        window: text.window,
        bond: text.bond ?? '0',
        watchers: {
          count: text.watchers === undefined ? 0 : (text.watchers.count ?? 1),
          availabilityPpm: text.watchers?.availability ?? 1_000_000,
          reaction: text.watchers?.reaction ?? { kind: 'constant', value: SECOND },
          ...(text.watchers?.repair === undefined ? {} : { repair: text.watchers.repair }),
        },
      };
    case 'route':
      return resolveRoute(text, name, chain);
  }
}

/** @source cosmos/solidity-ibc-eureka@cae7e128 README: about 230 k gas to verify one Groth16 proof. */
const VERIFICATION_GAS = 230_000;

function resolveValidity(text: Extract<VerifierText, { kind: 'validity-proof' }>): VerifierEntry {
  const { batch, proving, provers, aggregate } = text;
  const isPlanned = batch?.blocks !== undefined || batch?.every !== undefined;
  return {
    kind: 'validity-proof',
    batch: {
      blocks: batch?.blocks ?? 0,
      every: batch?.every ?? duration(0),
      onDemand: batch?.['on-demand'] ?? !isPlanned,
    },
    proving: { fixed: proving.fixed, perBlock: proving['per-block'] ?? duration(0) },
    provers: {
      count: provers?.count ?? 1,
      ...(provers?.breaks === undefined ? {} : { breaks: provers.breaks }),
    },
    ...(aggregate === undefined
      ? {}
      : {
          aggregate: {
            ...(aggregate.with === undefined ? {} : { with: aggregate.with }),
            count: aggregate.count,
            within: aggregate.within,
            proving: aggregate.proving ?? { kind: 'constant', value: 0 },
          },
        }),
    verificationGas: text['verification-gas'] ?? VERIFICATION_GAS,
    price: text.price ?? '0',
    ...(text['trusting-period'] === undefined ? {} : { trustingPeriod: text['trusting-period'] }),
    ...(text['clock-drift'] === undefined ? {} : { clockDrift: text['clock-drift'] }),
    ...(text.key === undefined
      ? {}
      : {
          key: {
            guardians: text.key.guardians,
            threshold: text.key.threshold ?? Math.floor((2 * text.key.guardians) / 3) + 1,
            timelock: text.key.timelock ?? duration(0),
          },
        }),
  };
}

function resolveCommittee(text: Extract<VerifierText, { kind: 'committee' }>): VerifierEntry {
  const stakes = text.weights === undefined || text.weights.kind === 'equal' ? undefined : text.weights.stakes;
  const members = text.members ?? stakes?.length ?? 1;
  // @source axelar-core@729365f x/snapshot/exported/types.go: a validator weighs the whole part of its stake's root.
  const weights = text.weights?.kind === 'square-root' ? stakes?.map((each) => Math.floor(Math.sqrt(each))) : stakes;
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? members;
  const { rotation } = text;
  return {
    kind: 'committee',
    members,
    threshold: text.threshold ?? shareOf(text.share, total) ?? Math.floor((2 * total) / 3) + 1,
    ...(weights === undefined ? {} : { weights }),
    ...(rotation === undefined
      ? {}
      : {
          rotation: {
            every: rotation.every,
            grace: rotation.grace ?? duration(0),
            replaced: rotation.replaced ?? members,
          },
        }),
    signing: text.signing ?? { kind: 'constant', value: 100 * MILLISECOND },
    ...(text.hours === undefined ? {} : { hours: { ...text.hours, days: text.hours.days ?? 5 } }),
    twins: text.twins ?? [],
    ...(text['providers-agree'] === undefined ? {} : { providersAgree: text['providers-agree'] }),
    ...(text.delegates === undefined ? {} : { delegates: text.delegates }),
  };
}

/** The least weight that is a share of a total or more. */
function shareOf(share: Ratio | undefined, total: number): number | undefined {
  return share === undefined ? undefined : Math.ceil((total * share.numerator) / share.denominator);
}

/** What follows a chain by itself unless the scenario says how it is believed. */
function followerOf(chain: ChainEntry | undefined): VerifierEntry {
  const kind = chain?.consensus.kind === 'proof-of-work' ? 'header-chain' : 'light-client';
  return resolveVerifier({ kind }, '', chain);
}

/** A route from other chains is none of this lane: which chain is tracked does not change. */
function resolveRoute(
  text: Extract<VerifierText, { kind: 'route' }>,
  name: string,
  chain: ChainEntry | undefined,
): VerifierEntry {
  const routes: Record<string, RouteEntry> = {};
  let otherwise = text.otherwise === undefined ? undefined : resolveVerifier(text.otherwise, name, chain);
  for (const [id, route] of Object.entries(text.routes)) {
    if (route.chains?.includes(name) === false) continue;
    const verifier = resolveVerifier(route.verifier, name, chain);
    routes[id] = { upTo: route['up-to'], senders: route.senders, verifier };
    if (route['up-to'] !== undefined || route.senders !== undefined) continue;
    // Takes all that comes to it: nothing below it is ever asked.
    otherwise = undefined;
    break;
  }
  return { kind: 'route', routes, otherwise };
}

/** @source ibc-go@ee35255c 03-connection: blocks are the time over DefaultTimePerBlock, 30 s, rounded up. */
function delayOf(time: Duration | undefined, blocks: number | undefined): { delay?: ClientDelay } {
  if (time === undefined && blocks === undefined) return {};
  const us = time ?? duration(0);
  return { delay: { us, blocks: blocks ?? Math.ceil(us / (30 * SECOND)) } };
}

/** The same tree as seen from the other side, with the same committees. `chain` is the one that the mirror tracks. */
export function mirrored(entry: VerifierEntry, chain: ChainEntry | undefined): VerifierEntry {
  const parts = (entries: PartEntries): PartEntries =>
    Object.fromEntries(Object.entries(entries).map(([id, part]) => [id, mirrored(part, chain)]));
  switch (entry.kind) {
    case 'committee':
    // Seen from the other side it is the same way, and taken backwards.
    case 'shared-security':
    case 'hash-lock':
    case 'proof-chain':
    // Who proves the one chain to the other proves the other to the one.
    case 'validity-proof':
      return entry;
    case 'light-client':
    case 'header-chain': {
      const follower = followerOf(chain);
      return follower.kind === entry.kind ? entry : follower;
    }
    case 'all':
    case 'any':
    case 'threshold':
      return { ...entry, of: parts(entry.of) };
    case 'optimistic':
      return { ...entry, of: mirrored(entry.of, chain) };
    case 'required-optional':
      return { ...entry, required: parts(entry.required), optional: parts(entry.optional) };
    case 'route': {
      const routes = Object.entries(entry.routes).map(([id, route]) => [
        id,
        { ...route, verifier: mirrored(route.verifier, chain) },
      ]);
      const { otherwise } = entry;
      return {
        kind: 'route',
        routes: Object.fromEntries(routes) as Record<string, RouteEntry>,
        otherwise: otherwise === undefined ? undefined : mirrored(otherwise, chain),
      };
    }
  }
}
