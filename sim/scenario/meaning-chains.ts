/** What a chain must mean: powers that somebody has, a market that moves, upgrades and stakes that follow each other. */
import { SECOND } from '../base/units.ts';
import { MAX_EFFECTIVE_GWEI } from '../../models/chains/consensus/slots-stake.ts';
import { checkPace } from './meaning-pace.ts';
import { checkLayer } from './meaning-layered.ts';
import type { ChainEntry, Scenario } from './scenario.ts';
import type { ScenarioText } from './schema.ts';
import type { ProblemList } from './text/validate.ts';

export function checkChainOf(scenario: Scenario, text: ScenarioText, id: string, list: ProblemList): void {
  checkChain(scenario.chains[id] as ChainEntry, id, list);
  checkFidelity(scenario, text, id, list);
  checkStaking(scenario, text, id, list);
  checkBlocks(text, id, list);
  checkLayer(scenario, id, list);
  checkUpgrades(scenario, id, list);
}

function checkBlocks(text: ScenarioText, id: string, list: ProblemList): void {
  const { block, consensus } = text.chains[id] ?? {};
  if (block === undefined) return;
  if (consensus?.kind === 'parametric' && consensus.sealing === 'on-demand') {
    list.at(['chains', id, 'block'], 'E139', 'blocks on demand come by no law', {
      expected: 'no block, or on-schedule',
    });
  } else checkPace(block, ['chains', id, 'block'], list);
}

/** Only headers that validators sign bear a revision, and one upgrade comes after the other. */
function checkUpgrades(scenario: Scenario, id: string, list: ProblemList): void {
  const { consensus, upgrades } = scenario.chains[id] as ChainEntry;
  if (upgrades === undefined) return;
  if (consensus.kind !== 'bft') {
    list.at(['chains', id, 'upgrades'], 'E139', 'only the headers of a chain that votes bear a revision', {
      expected: 'consensus: { kind: bft }',
      got: consensus.kind,
    });
  }
  upgrades.forEach(({ height }, i) => {
    const before = upgrades[i - 1]?.height ?? 0;
    if (height > before + 1) return;
    const expected = `more than ${before + 1}`;
    list.at(['chains', id, 'upgrades', i, 'height'], 'E139', 'upgrades come one after the other', { expected });
  });
}

/** Who bonds and withdraws is a validator of a chain that votes, and somebody always has power. */
function checkStaking(scenario: Scenario, text: ScenarioText, id: string, list: ProblemList): void {
  const { consensus, validators, staking } = scenario.chains[id] as ChainEntry;
  if (staking === undefined) return;
  if (consensus.kind !== 'bft') {
    list.at(['chains', id, 'staking'], 'E139', 'only the validators of a chain that votes bond and withdraw', {
      expected: 'consensus: { kind: bft }',
      got: consensus.kind,
    });
    return;
  }
  text.chains[id]?.staking?.changes.forEach(({ validator, at }, index) => {
    const path = ['chains', id, 'staking', 'changes', index];
    if (validator >= validators.length) {
      const expected = `0 to ${validators.length - 1}: whoever joins later stands in validators with power 0`;
      list.at([...path, 'validator'], 'E137', 'there is no such validator', { expected, got: String(validator) });
    }
    if (at > scenario.horizon) {
      const expected = 'an instant up to the horizon';
      list.at([...path, 'at'], 'E139', 'the run has ended before this change', { expected });
    }
  });
  const powers = [...validators];
  for (const { validator, power, at } of staking) {
    if (validator < powers.length) powers[validator] = power;
    if (powers.some((each) => each > 0)) continue;
    list.at(['chains', id, 'staking', 'changes'], 'E136', 'nobody is left with any voting power', {
      expected: 'a total above 0 at all times',
      got: `none after the change at ${at / SECOND} s`,
    });
    return;
  }
}

function checkFidelity(scenario: Scenario, text: ScenarioText, id: string, list: ProblemList): void {
  const kind = scenario.chains[id]?.consensus.kind;
  if (text.chains[id]?.fidelity !== 'quorum' || kind === 'bft') return;
  list.at(['chains', id, 'fidelity'], 'E139', 'only a chain that votes has a fidelity of its votes', {
    expected: 'consensus: { kind: bft }',
    got: String(kind),
  });
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
  if ((chain.consensus.kind === 'parametric' || 'on' in chain.consensus) && chain.validators.length !== 1) {
    list.at(['chains', id, 'validators'], 'E139', `a ${chain.consensus.kind} chain has one node`, { expected: '1' });
  }
  const { market, others, limit } = chain.gas;
  if (market !== undefined && chain.consensus.kind === 'parametric' && chain.consensus.sealing === 'on-demand') {
    const expected = 'on-schedule, or gas without base-fee';
    list.at(['chains', id, 'gas', 'base-fee'], 'E139', 'a base fee moves with blocks that come by themselves', {
      expected,
    });
  }
  if (others !== undefined && others.gas >= limit && (market === undefined || others.price === 0n)) {
    const expected = `less than the limit, ${limit}, or a price that they do not pay more than`;
    list.at(['chains', id, 'gas', 'others'], 'E139', 'others leave no room in any block', { expected });
  }
  if (chain.consensus.kind === 'slots') {
    const { slotsPerEpoch, stepGwei } = chain.consensus;
    const steps = MAX_EFFECTIVE_GWEI / stepGwei;
    if (!Number.isSafeInteger(Math.ceil(total * slotsPerEpoch * steps * steps * 3))) {
      const expected = 'fewer validators, or a larger balance-step';
      list.at(['chains', id, 'validators'], 'E115', 'stake is out of its range', { expected });
    }
  }
  if (chain.consensus.kind === 'parametric') {
    for (const [tag, head] of Object.entries(chain.consensus.heads ?? {})) {
      const path = ['chains', id, 'consensus', 'heads', tag, 'every'];
      if (head?.every !== undefined) checkPace({ kind: 'constant', value: head.every }, path, list);
    }
  }
  if (chain.keepBlocks < chain.settleDepth) {
    list.at(['chains', id, 'keep-blocks'], 'E139', 'a chain keeps what has not settled', {
      expected: `at least settle-depth, ${chain.settleDepth}`,
    });
  }
}
