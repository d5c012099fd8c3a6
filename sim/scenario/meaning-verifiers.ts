/** What a verifier tree must mean: parts that fit the chain, thresholds that can be met, routes that can be taken. */
import { HOUR } from '../base/units.ts';
import { lawMean } from '../kernel/random/laws.ts';
import { sightOf } from '../../models/verifiers/shared-security.ts';
import { checkAsset, known } from './meaning-names.ts';
import type {
  ChainEntry,
  CommitteeEntry,
  OptimisticEntry,
  Scenario,
  ValidityEntry,
  VerifierEntry,
} from './scenario.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';
import { OTHERWISE, partsOf, validitiesOf, weightsOf } from './verifier-tree.ts';

/**
 * `tracked` is the chain that it is about, `host` the one that it stands on. Of a tree that mirrors the one of the way forth only what follows the other
 * chain is looked at: the rest is said where it stands.
 */
export function checkVerifier(
  scenario: Scenario,
  verifier: VerifierEntry,
  tracked: string,
  path: Path,
  list: ProblemList,
  isMirror = false,
  host?: ChainEntry,
): void {
  const chain = scenario.chains[tracked] as ChainEntry;
  switch (verifier.kind) {
    case 'light-client':
      if (verifier.trustingPeriod >= chain.unbonding) {
        const what = `a client trusts ${tracked} for as long as its stake is bound, or longer`;
        list.at([...path, 'trusting-period'], 'E132', what, { expected: 'below the unbonding period' });
      }
      if (chain.consensus.kind === 'proof-of-work') {
        const hint = 'use header-chain or committee';
        list.at([...path, 'kind'], 'E139', `${tracked} has no validators to follow`, {
          expected: 'header-chain',
          hint,
        });
      }
      return;
    case 'header-chain':
      if (chain.consensus.kind !== 'proof-of-work') {
        const hint = 'use light-client or committee';
        list.at([...path, 'kind'], 'E139', `${tracked} is not mined`, { expected: 'light-client', hint });
      }
      return;
    case 'hash-lock':
    case 'proof-chain':
      return;
    case 'shared-security':
      checkShared(scenario, tracked, host, path, list);
      return;
    case 'committee':
      if (!isMirror) checkCommittee(verifier, path, list);
      return;
    case 'all':
    case 'any':
    case 'threshold':
    case 'required-optional':
      if (!isMirror) checkComposition(verifier, path, list);
      break;
    case 'validity-proof':
      checkFineness(verifier.price, [...path, 'price'], list, host);
      if (!isMirror) checkValidity(scenario, verifier, tracked, path, list);
      return;
    case 'optimistic':
      checkFineness(verifier.bond, [...path, 'bond'], list, host);
      if (!isMirror) checkRepair(verifier, path, list);
      break;
    case 'route':
      if (!isMirror) checkRoutes(scenario, verifier, tracked, path, list);
  }
  for (const part of partsOf(verifier)) {
    checkVerifier(scenario, part.entry, tracked, [...path, ...part.path], list, isMirror, host);
  }
}

function checkRepair({ watchers: { availabilityPpm, repair } }: OptimisticEntry, path: Path, list: ProblemList): void {
  if (repair === undefined) return;
  if (availabilityPpm === 0 || availabilityPpm === 1_000_000) {
    list.at([...path, 'watchers', 'repair'], 'E139', 'a time of repair for watchers that never turn', {
      expected: 'an availability above 0 % and below 100 %',
      got: `${availabilityPpm / 10_000} %`,
    });
  }
  if (!(lawMean(repair) >= 1)) {
    list.at([...path, 'watchers', 'repair'], 'E115', 'no time passes until a watcher is repaired', {
      expected: 'a law with a mean of 1us or more',
    });
  }
}

/** Whether an amount in the gas asset of a chain can be paid in its base units. */
function checkFineness(decimal: string, path: Path, list: ProblemList, host: ChainEntry | undefined): void {
  const decimals = decimal.split('.')[1]?.length ?? 0;
  if (host === undefined || decimals <= host.asset.decimals) return;
  list.at(path, 'E138', `finer than the base unit of ${host.asset.name}`, {
    expected: `at most ${host.asset.decimals} decimals`,
    got: `${decimals} decimals`,
  });
}

function checkValidity(
  scenario: Scenario,
  { batch, aggregate, provers, verificationGas, key, trustingPeriod, clockDrift }: ValidityEntry,
  tracked: string,
  path: Path,
  list: ProblemList,
): void {
  const { unbonding } = scenario.chains[tracked] as ChainEntry;
  // @source cosmos/solidity-ibc-eureka@cae7e128 sp1-ics07: trustingPeriod + ALLOWED_SP1_CLOCK_DRIFT <= unbondingPeriod.
  if (trustingPeriod !== undefined && trustingPeriod + (clockDrift ?? 0) > unbonding) {
    const what = `heads of ${tracked} are trusted for longer than its stake is bound`;
    list.at([...path, 'trusting-period'], 'E132', what, { expected: 'with the drift, at most the unbonding period' });
  }
  if (key !== undefined && key.threshold > key.guardians) {
    list.at([...path, 'key', 'threshold'], 'E133', 'more guardians must sign than there are', {
      expected: `at most ${key.guardians}`,
      got: String(key.threshold),
    });
  }
  if (batch.onDemand && batch.blocks > 0) {
    const hint = 'give every, to gather what is asked for';
    list.at([...path, 'batch', 'blocks'], 'E139', 'what is proven on demand is not counted in blocks', {
      expected: 'on-demand or blocks',
      hint,
    });
  }
  if (!batch.onDemand && batch.blocks === 0 && batch.every === 0) {
    list.at([...path, 'batch'], 'E139', 'a batch that never closes', { expected: 'blocks, every, or on-demand: true' });
  }
  for (const way of ['up', 'down'] as const) {
    if (provers.breaks === undefined || lawMean(provers.breaks[way]) >= 1) continue;
    list.at([...path, 'provers', 'breaks', way], 'E115', 'no time passes until a machine turns', {
      expected: 'a law with a mean of 1us or more',
    });
  }
  if (aggregate?.with === undefined) return;
  // One fold has one size and one verification, whoever takes part.
  for (const [lane, entry] of Object.entries(scenario.lanes)) {
    if (entry.from === tracked && path[1] === lane) continue;
    for (const { entry: other } of validitiesOf(lane, entry.verifier)) {
      if (other.aggregate?.with !== aggregate.with) continue;
      const isSame =
        other.verificationGas === verificationGas &&
        other.aggregate.count === aggregate.count &&
        other.aggregate.within === aggregate.within &&
        JSON.stringify(other.aggregate.proving) === JSON.stringify(aggregate.proving);
      if (isSame) continue;
      list.at([...path, 'aggregate', 'with'], 'E139', `${aggregate.with} is folded otherwise on lane ${lane}`, {
        expected: 'the same count, within, proving and verification-gas',
      });
      return;
    }
  }
}

/** Two chains see each other through one below: that must be there. */
function checkShared(
  scenario: Scenario,
  tracked: string,
  host: ChainEntry | undefined,
  path: Path,
  list: ProblemList,
): void {
  const names = Object.keys(scenario.chains);
  const end = (name: string) => {
    const consensus = scenario.chains[name]?.consensus;
    const below = consensus !== undefined && 'on' in consensus ? names.indexOf(consensus.on) : -1;
    return { id: names.indexOf(name), below };
  };
  const hostName = names.find((name) => scenario.chains[name] === host);
  if (hostName === undefined || sightOf(end(hostName), end(tracked)) !== undefined) return;
  list.at([...path, 'kind'], 'E139', `${hostName} and ${tracked} share no chain`, {
    expected: 'a chain and the one it stands on, or two on the same',
    hint: 'give one of them consensus: { kind: rollup, on: the other, … }, or use light-client or committee',
  });
}

function checkCommittee(entry: CommitteeEntry, path: Path, list: ProblemList): void {
  const { threshold, members, twins, delegates, rotation, hours } = entry;
  if (hours !== undefined && (hours.from >= hours.to || hours.to > 24 * HOUR)) {
    list.at([...path, 'hours', 'to'], 'E115', 'hours of no day', { expected: 'after from, and at most 24h' });
  }
  const weights = weightsOf(entry);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length !== members) {
    const details = { expected: `${members} stakes`, got: String(weights.length) };
    list.at([...path, 'weights', 'stakes'], 'E139', 'a stake for each member, and no more', details);
  } else if (!Number.isSafeInteger(total)) {
    list.at([...path, 'weights', 'stakes'], 'E115', 'the weight is out of its range', {
      expected: 'a total below 2^53',
    });
  }
  if (rotation !== undefined && (rotation.every === 0 || rotation.replaced > members)) {
    const key = rotation.every === 0 ? 'every' : 'replaced';
    const expected = rotation.every === 0 ? 'a time above 0' : `at most ${members}`;
    list.at([...path, 'rotation', key], 'E115', 'a rotation that cannot be', { expected });
  }
  if (threshold < 1 || threshold > total) {
    const expected = `1 to ${total}`;
    list.at([...path, 'threshold'], 'E133', 'a threshold that no set of signers fits', {
      expected,
      got: String(threshold),
    });
  }
  if (delegates !== undefined) {
    const beyond = delegates.members.filter((member) => member >= members);
    if (beyond.length > 0) {
      list.at([...path, 'delegates', 'members'], 'E137', 'delegates who are no members', {
        expected: `0..${members - 1}`,
        got: beyond.join(', '),
      });
    }
    const most = new Set(delegates.members).size;
    if (delegates.threshold > most) {
      list.at([...path, 'delegates', 'threshold'], 'E133', 'more delegates must sign than there are', {
        expected: `at most ${most}`,
        got: String(delegates.threshold),
      });
    }
  }
  twins.forEach((member, i) => {
    if (member >= members) {
      list.at([...path, 'twins', i], 'E137', 'a twin of nobody', {
        expected: `0 to ${members - 1}`,
        got: String(member),
      });
    }
  });
}

function checkComposition(
  verifier: Extract<VerifierEntry, { kind: 'all' | 'any' | 'threshold' | 'required-optional' }>,
  path: Path,
  list: ProblemList,
): void {
  const parts = partsOf(verifier);
  if (parts.length === 0) {
    list.at(path, 'E133', 'a verifier of no parts would believe everything', { expected: 'at least one part' });
    return;
  }
  const names = parts.map(({ name }) => name);
  const twice = parts.find(({ name }, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    list.at([...path, ...twice.path], 'E139', `two parts are named ${twice.name}`, { expected: 'names of their own' });
  }
  if (verifier.kind !== 'threshold' && verifier.kind !== 'required-optional') return;
  const free = parts.filter(({ isRequired }) => !isRequired).length;
  if (verifier.atLeast > free) {
    const details = { expected: `at most ${free}`, got: String(verifier.atLeast) };
    list.at([...path, 'at-least'], 'E133', 'more parts must accept than there are', details);
  }
  if (verifier.atLeast === 0 && free === parts.length) {
    list.at([...path, 'at-least'], 'E133', 'a verifier that asks for nothing would believe everything', {
      expected: `1 to ${free}`,
      got: '0',
    });
  }
}

function checkRoutes(
  scenario: Scenario,
  verifier: Extract<VerifierEntry, { kind: 'route' }>,
  tracked: string,
  path: Path,
  list: ProblemList,
): void {
  const routes = Object.entries(verifier.routes);
  if (routes.length === 0 && verifier.otherwise === undefined) {
    list.at([...path, 'routes'], 'E139', `no route leads from ${tracked}`, {
      expected: 'a route for each chain, or otherwise',
    });
  }
  for (const [name, { upTo, senders }] of routes) {
    const own = [...path, 'routes', name];
    if (name === OTHERWISE) {
      list.at(own, 'E139', 'that name is kept for the last route', { expected: 'another name' });
    }
    if (upTo !== undefined) checkAsset(scenario, list, [...own, 'up-to'], upTo.asset, upTo.decimal);
    senders?.forEach((sender, i) => {
      known(list, [...own, 'senders', i], 'traffic', sender, Object.keys(scenario.traffic));
    });
  }
}
