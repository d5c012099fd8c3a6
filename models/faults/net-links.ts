/** Links that lose envelopes, or are slow. */
import { z } from 'zod';
import { lawOf } from '../../sim/grammar/law.ts';
import { durationText, probability } from '../../sim/grammar/quantities.ts';
import { chainOf } from '../chains/chain.ts';
import { networkOf } from '../network/network.ts';
import { defineFault, faultStream } from './fault.ts';
import { removeRules } from './net-partition.ts';
import { linkedNodes } from './nodes.ts';

export const netLoss = defineFault({
  summary: 'loses envelopes to and from the validators, or all of the chain, with a probability',
  touches: ['synchrony'],
  target: { required: ['chain'], optional: ['validators'] },
  parameters: z.strictObject({ probability: probability.describe('share of envelopes lost') }),
  create: (parameters) => ({
    start(context, { plan }) {
      const chain = chainOf(context.world, plan.target.chain);
      const nodes = linkedNodes(chain, plan.target);
      const stream = context.stream(faultStream(plan, 'loss'));
      networkOf(context.world, chain.network).rules.push({
        fault: plan.id,
        kind: 'loss',
        probability: parameters.probability,
        nodes,
        stream,
      });
    },
    stop: removeRules,
  }),
});

export const netLatency = defineFault({
  summary: 'adds a delay to envelopes to and from the validators, or in all of the chain',
  touches: ['synchrony'],
  target: { required: ['chain'], optional: ['validators'] },
  parameters: z.strictObject({ extra: lawOf(durationText).describe('delay added to that of the link') }),
  create: ({ extra }) => ({
    start(context, { plan }) {
      const chain = chainOf(context.world, plan.target.chain);
      const nodes = linkedNodes(chain, plan.target);
      const stream = context.stream(faultStream(plan, 'latency'));
      networkOf(context.world, chain.network).rules.push({ fault: plan.id, kind: 'latency', extra, nodes, stream });
    },
    stop: removeRules,
  }),
});
