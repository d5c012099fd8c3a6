/** A cut through the network of a chain. */
import { z } from 'zod';
import { indexRange } from '../../sim/grammar/quantities.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Chain, chainOf } from '../chains/chain.ts';
import { type Network, networkOf } from '../network/network.ts';
import { defineFault, type Fault } from './fault.ts';
import { type FaultProblem, problem } from './problems.ts';

/**
 * Validators of the target against the rest, or groups against each other.
 *
 * A doubled validator stands on both sides: the copy of one on this side speaks to the other. In groups, each further
 * mention of a validator places a further copy; copies without a mention stay with their double.
 * @source Twins, OPODIS 2021: two copies of a key on either side of a partition stand for an equivocator.
 */
export const netPartition = defineFault({
  summary: 'cuts validators off from the rest of their chain, or groups of them from each other',
  touches: ['synchrony', 'reorg'],
  target: { required: ['chain'], optional: ['validators'] },
  parameters: z.strictObject({
    symmetric: z.boolean().default(true).describe('false: those cut off still hear the rest'),
    groups: z.array(indexRange).min(1).optional().describe('groups of validators; those in none form one of their own'),
  }),
  resolve(parameters, target, directory) {
    const problems: FaultProblem[] = [];
    const { groups } = parameters;
    const count = directory.chains[target.chain]?.validators ?? 0;
    if (groups === undefined && target.isWholeChain) {
      const details = { expected: 'validators in the target, or groups' };
      problems.push(problem(['target'], 'nobody is cut off', details));
    }
    if (groups !== undefined && !target.isWholeChain) {
      problems.push(problem(['with', 'groups'], 'two cuts at once', { expected: 'validators or groups, not both' }));
    }
    groups?.forEach((group, index) => {
      const beyond = group.filter((validator) => validator >= count);
      const details = { expected: `0..${count - 1}`, got: beyond.join(', ') };
      if (beyond.length > 0) problems.push(problem(['with', 'groups', index], 'no such validators', details));
    });
    return problems.length === 0 ? { ok: true, value: parameters } : { ok: false, problems };
  },
  create: ({ symmetric, groups }) => ({
    start(context, fault) {
      const chain = chainOf(context.world, fault.plan.target.chain);
      const groupOf =
        groups === undefined ? sidesOf(chain, fault.plan.target.validators) : groupsOf(chain, groups as number[][]);
      const rule = { fault: fault.plan.id, kind: 'partition', groupOf, isSymmetric: symmetric } as const;
      networkOf(context.world, chain.network).rules.push(rule);
    },
    stop: removeRules,
  }),
});

/** Group 1 is cut off, group 0 is the rest. */
function sidesOf(chain: Chain, cutOff: readonly number[]): number[] {
  return chain.nodes.map(({ index, validator }) => {
    const isCopy = validator !== -1 && validator !== index;
    return cutOff.includes(validator) !== isCopy ? 1 : 0;
  });
}

function groupsOf(chain: Chain, groups: readonly (readonly number[])[]): number[] {
  const seen = new Map<number, number>();
  return chain.nodes.map(({ validator }) => {
    const named = groups.flatMap((group, index) => (group.includes(validator) ? [index + 1] : []));
    const copy = seen.get(validator) ?? 0;
    seen.set(validator, copy + 1);
    return named[copy] ?? named[0] ?? 0;
  });
}

/** Ends whatever the fault does to the links of its chain. */
export function removeRules(context: Context, fault: Fault): void {
  const { rules }: Network = networkOf(context.world, chainOf(context.world, fault.plan.target.chain).network);
  const kept = rules.filter((rule) => rule.fault !== fault.plan.id);
  rules.splice(0, rules.length, ...kept);
}
