/** What a well-formed scenario must also mean: names that exist, rules that fit together, a run that fits the budget. */
import { nearest } from '../grammar/nearest.ts';
import { END_OF_TIME } from '../base/units.ts';
import { type Law, lawMean } from '../kernel/random/laws.ts';
import { canonicalDecimal } from '../grammar/quantity-text.ts';
import { checkFaults } from './meaning-faults.ts';
import type { ChainEntry, LaneEntry, Scenario, VerifierEntry } from './scenario.ts';
import type { ScenarioText } from './schema.ts';
import { checkThresholds, type MetricTable } from './thresholds.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

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
    checkChain(scenario.chains[id] as ChainEntry, id, list);
    const block = text.chains[id]?.block;
    if (block !== undefined) checkPace(block, ['chains', id, 'block'], list);
  }
  for (const id of lanes) {
    const hasOwnReturn = text.lanes?.[id]?.['return-verifier'] !== undefined;
    checkLane(scenario, scenario.lanes[id] as LaneEntry, id, hasOwnReturn, list);
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

function known(list: ProblemList, path: Path, what: string, got: string, names: readonly string[]): boolean {
  if (names.includes(got)) return true;
  const near = nearest(got, names);
  list.at(path, 'E130', `unknown ${what} ${got}`, {
    expected: names.length === 0 ? '' : `one of ${names.join(', ')}`,
    got: JSON.stringify(got),
    hint: near === undefined ? '' : `did you mean ${near}?`,
  });
  return false;
}

/** What comes again and again must take time, or the run stands still at one instant; and must come at all. */
function checkPace(law: Law, path: Path, list: ProblemList): void {
  const mean = lawMean(law);
  const expected = 'a mean from 1us to 142 years';
  if (mean < 1) list.at(path, 'E115', 'no time passes from one to the next', { expected });
  else if (!(mean <= END_OF_TIME)) list.at(path, 'E115', 'a law without a mean', { expected });
}

function checkChain(chain: ChainEntry, id: string, list: ProblemList): void {
  const total = chain.validators.reduce((sum, power) => sum + power, 0);
  if (total === 0) {
    list.at(['chains', id, 'validators'], 'E136', 'nobody has any voting power', { expected: 'a total above 0' });
  }
  if (!Number.isSafeInteger(total)) {
    list.at(['chains', id, 'validators'], 'E115', 'the voting power is out of its range', {
      expected: 'a total below 2^53',
    });
  }
  if (chain.consensus.kind === 'parametric' && chain.validators.length !== 1) {
    list.at(['chains', id, 'validators'], 'E139', 'a parametric chain has one node', { expected: '1' });
  }
  if (chain.keepBlocks < chain.settleDepth) {
    list.at(['chains', id, 'keep-blocks'], 'E139', 'a chain keeps what has not settled', {
      expected: `at least settle-depth, ${chain.settleDepth}`,
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
  if (lane.timeout === 0 && lane.timeoutBlocks === 0) {
    const hint = 'set timeout or timeout-blocks';
    list.at(['lanes', id, 'timeout'], 'E134', 'a lane has no timeout at all', {
      expected: 'a time or a number of blocks',
      hint,
    });
  }
  if (hasFrom) checkVerifier(scenario, lane.verifier, lane.from, ['lanes', id, 'verifier'], list);
  // Taken from the lane of the way back, it is checked there, where it stands.
  if (hasTo && lane.verifier.kind !== 'committee' && (hasOwnReturn || !hasReverse)) {
    checkVerifier(scenario, lane.returnVerifier, lane.to, ['lanes', id, 'return-verifier'], list);
  }
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

function checkVerifier(
  scenario: Scenario,
  verifier: VerifierEntry,
  tracked: string,
  path: Path,
  list: ProblemList,
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
    case 'committee': {
      const { threshold, members, twins } = verifier;
      if (threshold < 1 || threshold > members) {
        const expected = `1 to ${members}`;
        list.at([...path, 'threshold'], 'E133', 'a threshold that no set of signers fits', {
          expected,
          got: String(threshold),
        });
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
  }
}

function checkAsset(
  scenario: Scenario,
  list: ProblemList,
  path: Path,
  asset: string,
  amount: string | undefined,
): void {
  const assets = Object.values(scenario.chains).map((chain) => chain.asset);
  const minted = assets.map(({ name }) => name);
  if (minted.includes(asset)) {
    const decimals = Math.max(...assets.filter(({ name }) => name === asset).map((each) => each.decimals));
    const places = amount?.split('.')[1]?.length ?? 0;
    if (places <= decimals) return;
    const expected = `at most ${decimals} decimals`;
    list.at(path, 'E138', `finer than the base unit of ${asset}`, { expected, got: `${places} decimals` });
    return;
  }
  const near = nearest(asset, minted);
  list.at(path, 'E138', `no chain mints ${asset}`, {
    expected: `one of ${minted.join(', ')}`,
    hint: near === undefined ? '' : `did you mean ${near}?`,
  });
}

function checkAssumptions(scenario: Scenario, list: ProblemList): void {
  scenario.assume.forEach((entry, i) => {
    const path = ['assume', i, entry.kind];
    if (entry.kind === 'byzantine' || entry.kind === 'reorg') {
      known(list, path, 'chain', entry.subject, Object.keys(scenario.chains));
    } else if (
      known(list, path, 'lane', entry.subject, Object.keys(scenario.lanes)) &&
      entry.kind === 'lying-sources'
    ) {
      if (scenario.lanes[entry.subject]?.verifier.kind !== 'committee') {
        list.at(path, 'E139', `${entry.subject} has no committee`, { expected: 'a lane with a committee' });
      }
    }
  });
}

/** A rough count of events: blocks, votes, and what a message takes. */
export function estimateEvents(scenario: Scenario): number {
  let events = 0;
  for (const chain of Object.values(scenario.chains)) {
    const { consensus } = chain;
    const n = chain.validators.length;
    if (consensus.kind === 'parametric') events += scenario.horizon / Math.max(1, lawMean(consensus.block));
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
