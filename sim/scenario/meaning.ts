/** What a well-formed scenario must also mean: names that exist, rules that fit together, a run that fits the budget. */
import { lawMean } from '../kernel/random/laws.ts';
import { canonicalDecimal } from '../grammar/quantity-text.ts';
import { checkCauses } from './meaning-causes.ts';
import { checkControls } from './meaning-controls.ts';
import { checkChainOf } from './meaning-chains.ts';
import { checkPacketRules, checkPayload, needsTimeout } from './meaning-packets.ts';
import { checkFaults } from './meaning-faults.ts';
import { checkPace } from './meaning-pace.ts';
import { checkAsset, known } from './meaning-names.ts';
import { checkVerifier } from './meaning-verifiers.ts';
import type { HeadTag } from '../../models/chains/finality.ts';
import type { ChainEntry, FinalityEntry, LaneEntry, Scenario, VerifierEntry } from './scenario.ts';
import type { ScenarioText } from './schema.ts';
import { checkThresholds, type MetricTable } from './thresholds.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';
import { committeesOf, committeesOfLane, partsOf, validitiesOf } from './verifier-tree.ts';

/** Events that a run may be estimated at before it is refused. */
export const EVENT_BUDGET = 1_000_000_000;
export const CHAINS_MAX = 1_000;

export function checkMeaning(
  scenario: Scenario,
  text: ScenarioText,
  list: ProblemList,
  options: { readonly properties?: readonly string[]; readonly metrics?: MetricTable; readonly eventBudget?: number },
): void {
  const chains = Object.keys(scenario.chains);
  const lanes = Object.keys(scenario.lanes);
  for (const id of chains) {
    checkChainOf(scenario, text, id, list);
  }
  for (const id of lanes) {
    const hasOwnReturn = text.lanes?.[id]?.['return-verifier'] !== undefined;
    checkLane(scenario, scenario.lanes[id] as LaneEntry, id, hasOwnReturn, list);
    checkPacketRules(scenario, id, list);
  }
  for (const [id, relayer] of Object.entries(scenario.relayers)) {
    if (relayer.strategy.poll !== undefined)
      checkPace(relayer.strategy.poll, ['relayers', id, 'strategy', 'poll'], list);
    relayer.lanes.forEach((lane, i) => known(list, ['relayers', id, 'lanes', i], 'lane', lane, lanes));
    for (const [asset, amount] of Object.entries(relayer.wallet)) {
      checkAsset(scenario, list, ['relayers', id, 'wallet', asset], asset, amount);
    }
  }
  for (const [id, traffic] of Object.entries(scenario.traffic)) {
    known(list, ['traffic', id, 'lane'], 'lane', traffic.lane, lanes);
    checkRoute(scenario, id, list);
    checkPayload(scenario, id, list);
    const { arrivals } = traffic;
    if ((arrivals.kind === 'periodic' || arrivals.kind === 'burst') && arrivals.every === 0) {
      checkPace({ kind: 'constant', value: 0 }, ['traffic', id, 'arrivals', 'every'], list);
    }
    known(list, ['traffic', id, 'as'], 'traffic', traffic.as, Object.keys(scenario.traffic));
    if (traffic.application === 'token-transfer') {
      const { asset, law } = traffic.amount;
      const amount = law.kind === 'constant' ? canonicalDecimal(String(law.value)) : undefined;
      checkAsset(scenario, list, ['traffic', id, 'amount'], asset, amount);
    }
  }
  checkCauses(scenario, text, list);
  checkControls(scenario, text, list, (path, asset, amount) => checkAsset(scenario, list, path, asset, amount));
  checkFaults(scenario, list);
  checkAssumptions(scenario, list);
  if (scenario.synchrony.model === 'partial' && scenario.synchrony.gst > scenario.horizon) {
    if ((scenario.expect.liveness ?? 'hold') === 'hold') {
      const what = 'the network settles after the run has ended, and liveness is to hold';
      list.at(['synchrony', 'gst'], 'E135', what, { expected: 'gst at or before the horizon' });
    }
  }
  if (options.properties !== undefined) {
    for (const slug of Object.keys(scenario.expect.properties ?? {})) {
      known(list, ['expect', 'properties', slug], 'property', slug, options.properties);
    }
  }
  if (options.metrics !== undefined) checkThresholds(scenario, options.metrics, list);
  // What is wrong already would be counted too.
  if (list.problems.length === 0) checkBudget(scenario, list, options.eventBudget ?? EVENT_BUDGET);
  if (chains.length > CHAINS_MAX) {
    list.at(['chains'], 'E140', 'too many chains', { expected: `at most ${CHAINS_MAX}`, got: String(chains.length) });
  }
  if (Object.keys(text.chains).length === 0)
    list.at(['chains'], 'E122', 'a scenario has chains', { expected: 'at least one' });
}

/** A route leads from lane to lane, is for tokens, and learns how it went. */
function checkRoute(scenario: Scenario, id: string, list: ProblemList): void {
  const { route, lane: first, application } = scenario.traffic[id] as Scenario['traffic'][string];
  if (route === undefined) return;
  const path: Path = ['traffic', id, 'route'];
  if (application !== 'token-transfer') {
    list.at(path, 'E139', 'only tokens go on over other lanes', { expected: 'token-transfer', got: application });
  }
  const lanes = Object.keys(scenario.lanes);
  let at = scenario.lanes[first]?.to;
  for (const [i, name] of route.entries()) {
    if (!known(list, [...path, i], 'lane', name, lanes)) return;
    const lane = scenario.lanes[name] as LaneEntry;
    if (at !== undefined && lane.from !== at) {
      list.at([...path, i], 'E139', `${name} does not begin where the lane before it ends`, {
        expected: `a lane from ${at}`,
        got: `from ${lane.from}`,
      });
    }
    at = lane.to;
  }
  for (const [i, name] of [first, ...route].entries()) {
    if (scenario.lanes[name]?.acknowledge !== false) continue;
    list.at(i === 0 ? path : [...path, i - 1], 'E139', `${name} would never tell how it went`, {
      expected: 'lanes with acknowledge: true',
    });
  }
}

function checkLane(scenario: Scenario, lane: LaneEntry, id: string, hasOwnReturn: boolean, list: ProblemList): void {
  const names = Object.keys(scenario.chains);
  const hasFrom = known(list, ['lanes', id, 'from'], 'chain', lane.from, names);
  const hasTo = known(list, ['lanes', id, 'to'], 'chain', lane.to, names);
  if (lane.from === lane.to) {
    list.at(['lanes', id, 'to'], 'E131', 'a lane joins a chain to itself', { expected: 'another chain', got: lane.to });
  }
  const hasReverse = checkReverse(scenario, lane, id, list);
  if (lane.timeout === 0 && lane.timeoutBlocks === 0 && needsTimeout(lane)) {
    const hint = 'set timeout or timeout-blocks';
    list.at(['lanes', id, 'timeout'], 'E134', 'a lane has no timeout at all', {
      expected: 'a time or a number of blocks',
      hint,
    });
  }
  if (lane.ordering === 'ordered-allow-timeout' && !lane.acknowledge) {
    const hint = 'set acknowledge: true, or another ordering';
    list.at(['lanes', id, 'ordering'], 'E139', 'lateness comes back as an acknowledgement', {
      expected: 'acknowledge: true',
      hint,
    });
  }
  if (hasFrom) checkTag(scenario, lane.from, lane.finality, lane.verifier, ['lanes', id, 'finality'], list);
  if (hasTo && !hasReverse) {
    checkTag(scenario, lane.to, lane.returnFinality, lane.returnVerifier, ['lanes', id, 'return-finality'], list);
  }
  if (hasFrom)
    checkVerifier(scenario, lane.verifier, lane.from, ['lanes', id, 'verifier'], list, false, scenario.chains[lane.to]);
  const isMirrored = !hasOwnReturn && (committeesOf(id, lane.verifier).length > 0 || partsOf(lane.verifier).length > 0);
  // Taken from the lane of the way back, it is checked there, where it stands.
  if (hasTo && (hasOwnReturn || isMirrored || !hasReverse)) {
    checkVerifier(
      scenario,
      lane.returnVerifier,
      lane.to,
      ['lanes', id, 'return-verifier'],
      list,
      isMirrored,
      scenario.chains[lane.from],
    );
  }
}

/** Whether a chain tells how far it holds its blocks for safe, final or settled. */
function hasHead({ consensus }: ChainEntry, tag: HeadTag): boolean {
  if (consensus.kind === 'parametric') return tag === 'latest' || consensus.heads?.[tag] !== undefined;
  return consensus.kind === 'slots' || 'on' in consensus;
}

function checkTag(
  scenario: Scenario,
  chain: string,
  finality: FinalityEntry,
  verifier: VerifierEntry,
  path: Path,
  list: ProblemList,
): void {
  const entry = scenario.chains[chain] as ChainEntry;
  const { kind } = entry.consensus;
  if (finality.kind === 'tag' && !hasHead(entry, finality.tag)) {
    const expected = 'instant, or depth';
    list.at([...path, 'kind'], 'E139', `${chain} names no head ${finality.tag}`, {
      expected,
      got: `tag, of consensus ${kind}`,
    });
    return;
  }
  const isFinal = finality.kind === 'tag' && (finality.tag === 'finalized' || finality.tag === 'settled');
  if (kind !== 'slots' || isFinal || !hasLightClient(verifier)) return;
  const hint = 'wait for finalized, or let a committee sign';
  const expected = '{ kind: tag, tag: finalized }';
  list.at(path, 'E139', `the headers of ${chain} are signed for once they are final`, { expected, hint });
}

function hasLightClient(verifier: VerifierEntry): boolean {
  const isFollower = verifier.kind === 'light-client' || verifier.kind === 'validity-proof';
  return isFollower || partsOf(verifier).some(({ entry }) => hasLightClient(entry));
}

/** Whether the lane has a way back that is one. */
function checkReverse(scenario: Scenario, { reverse, from, to }: LaneEntry, id: string, list: ProblemList): boolean {
  const path = ['lanes', id, 'reverse'];
  if (reverse === undefined || !known(list, path, 'lane', reverse, Object.keys(scenario.lanes))) return false;
  const back = scenario.lanes[reverse] as LaneEntry;
  if (back.from === to && back.to === from) return true;
  const expected = `a lane from ${to} to ${from}`;
  list.at(path, 'E139', 'a way back that does not lead back', { expected, got: `from ${back.from} to ${back.to}` });
  return false;
}

function checkAssumptions(scenario: Scenario, list: ProblemList): void {
  const lanes = Object.keys(scenario.lanes);
  const committees = Object.entries(scenario.lanes).flatMap(([id, lane]) =>
    committeesOfLane(id, lane).map(({ name }) => name),
  );
  scenario.assume.forEach((entry, i) => {
    const path = ['assume', i, entry.kind];
    switch (entry.kind) {
      case 'byzantine':
      case 'reorg':
      case 'block-gap':
        known(list, path, 'chain', entry.subject, Object.keys(scenario.chains));
        return;
      case 'honest-relayers':
        known(list, path, 'lane', entry.subject, lanes);
        return;
      case 'serving-provers':
      case 'sound-circuit': {
        if (!known(list, path, 'lane', entry.subject, lanes)) return;
        const { verifier, returnVerifier } = scenario.lanes[entry.subject] as LaneEntry;
        if ([verifier, returnVerifier].some((tree) => validitiesOf('', tree).length > 0)) return;
        list.at(path, 'E139', `nothing is proven for ${entry.subject}`, { expected: 'a lane with a validity-proof' });
        return;
      }
      case 'lying-sources':
      case 'honest-committee':
        if (committees.includes(entry.subject)) return;
        if (lanes.includes(entry.subject)) {
          const own = committees.filter((name) => name.startsWith(`${entry.subject}.`));
          const expected = own.length === 0 ? 'a lane with a committee' : `one of ${own.join(', ')}`;
          list.at(path, 'E139', `${entry.subject} has no committee of that name`, { expected });
        } else known(list, path, 'lane', entry.subject, [...lanes, ...committees]);
    }
  });
}

/** A rough count of events: blocks, votes, and what a message takes. */
export function estimateEvents(scenario: Scenario): number {
  let events = 0;
  for (const chain of Object.values(scenario.chains)) {
    const { consensus } = chain;
    const n = chain.validators.length;
    if (consensus.kind === 'parametric') {
      // On demand there is a block a transaction, and what a message takes is counted with it.
      if (consensus.sealing !== 'on-demand') events += scenario.horizon / Math.max(1, lawMean(consensus.block));
    } else if (consensus.kind === 'rollup' || consensus.kind === 'parachain') {
      events += (scenario.horizon / Math.max(1, lawMean(consensus.block))) * 2;
    } else if (consensus.kind === 'slots') events += (scenario.horizon / Math.max(1, consensus.slot)) * 2;
    else if (consensus.kind === 'proof-of-work') events += (scenario.horizon / Math.max(1, consensus.block)) * n;
    else {
      // A height takes a proposal and two votes, each a hop, before its pause.
      const height = consensus.commit + 3 * lawMean(chain.network.latency);
      events += (scenario.horizon / Math.max(1, height)) * 2 * n * n;
    }
  }
  for (const { strategy, lanes, count } of Object.values(scenario.relayers)) {
    if (strategy.poll === undefined) continue;
    events += (scenario.horizon / Math.max(1, lawMean(strategy.poll))) * lanes.length * count;
  }
  for (const traffic of Object.values(scenario.traffic)) {
    const { arrivals } = traffic;
    const span = Math.max(0, traffic.end - traffic.start);
    let messages = 0;
    if (arrivals.kind === 'poisson') messages = (span / 1_000_000) * arrivals.rate;
    else if (arrivals.kind === 'periodic') messages = span / Math.max(1, arrivals.every);
    else if (arrivals.kind === 'burst') messages = (span / Math.max(1, arrivals.every)) * arrivals.size;
    else messages = arrivals.entries.length;
    events += (traffic.limit > 0 ? Math.min(traffic.limit, messages) : messages) * 20;
  }
  return Math.round(events);
}

function checkBudget(scenario: Scenario, list: ProblemList, budget: number): void {
  const events = estimateEvents(scenario);
  if (events <= budget) return;
  const got = `about ${events} events`;
  const hint = 'shorten the horizon, or raise the budget with --event-budget';
  list.at(['horizon'], 'E140', 'the scenario needs more than the budget allows', {
    expected: `at most ${budget} events`,
    got,
    hint,
  });
}
