/** What befalls chains that stand on others: their processes below stop, a sequencer goes back on its word, outputs lie, candidates are wrong. */
import { z } from 'zod';
import { positiveCount } from '../../sim/grammar/quantities.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Chain, chainOf } from '../chains/chain.ts';
import { dropNewest } from '../chains/layered/sequencer.ts';
import { parachainOf } from '../chains/layered/parachain.ts';
import { committedHeight, operatorOf, ROLLUP_ROLES, type RollupRole } from '../chains/layered/rollup-operator.ts';
import { chainTurned } from '../records.ts';
import { defineFault, type Fault } from './fault.ts';
import { hold, release } from './holds.ts';

const ROLLUP = { required: ['chain'], consensus: 'rollup' } as const;

function turned(context: Context, { plan }: Fault, condition: string, isOn: boolean): Chain {
  const chain = chainOf(context.world, plan.target.chain);
  context.record(chainTurned, { chain: chain.id, condition, isOn, fault: plan.id });
  return chain;
}

export const rollupStop = defineFault({
  summary: 'processes of a rollup on the chain below stop: batches, outputs or disputes do not come',
  touches: [],
  target: ROLLUP,
  parameters: z.strictObject({
    roles: z.array(z.enum(ROLLUP_ROLES)).min(1).default(['batcher']).describe('which of them'),
  }),
  create: ({ roles }) => {
    const turn =
      (isOn: boolean) =>
      (context: Context, fault: Fault): void => {
        const chain = turned(context, fault, 'stopped-below', isOn);
        const { stopped } = operatorOf(context.world, chain.id);
        for (const role of new Set<RollupRole>(roles)) {
          const move = isOn ? hold : release;
          if (!move(context.world, `rollup/${chain.id}/${role}`, fault.plan.id)) continue;
          if (isOn) stopped.add(role);
          else stopped.delete(role);
        }
      };
    return { start: turn(true), stop: turn(false) };
  },
});

export const rollupUndo = defineFault({
  summary: 'the sequencer drops its newest blocks that it has not posted, and makes others in their place',
  touches: ['reorg'],
  target: ROLLUP,
  parameters: z.strictObject({ blocks: positiveCount.describe('how many, at most') }),
  endsItself: true,
  create: ({ blocks }) => ({
    lasting: { kind: 'constant', value: 0 },
    start(context, fault) {
      const chain = turned(context, fault, 'undone', true);
      dropNewest(context, chain, blocks, committedHeight(context, operatorOf(context.world, chain.id)));
    },
    stop: () => {},
  }),
});

export const rollupFalseOutput = defineFault({
  summary: 'the proposer states heads that the posted data does not come to',
  touches: [],
  target: ROLLUP,
  parameters: z.strictObject({}),
  create: () => {
    const turn =
      (isOn: boolean) =>
      (context: Context, fault: Fault): void => {
        const chain = turned(context, fault, 'false-outputs', isOn);
        const move = isOn ? hold : release;
        if (!move(context.world, `rollup/${chain.id}/lies`, fault.plan.id)) return;
        operatorOf(context.world, chain.id).liesNow = isOn;
      };
    return { start: turn(true), stop: turn(false) };
  },
});

export const parachainWrongCandidate = defineFault({
  summary: 'backers vouch for blocks of a parachain that break its rules, until checkers find them',
  touches: ['reorg'],
  target: { required: ['chain'], consensus: 'parachain' },
  parameters: z.strictObject({}),
  create: () => {
    const turn =
      (isOn: boolean) =>
      (context: Context, fault: Fault): void => {
        const chain = turned(context, fault, 'wrong-candidates', isOn);
        const move = isOn ? hold : release;
        if (!move(context.world, `parachain/${chain.id}/wrong`, fault.plan.id)) return;
        parachainOf(context, chain).wrongNow = isOn;
      };
    return { start: turn(true), stop: turn(false) };
  },
});
