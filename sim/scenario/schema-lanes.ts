/** Grammar of `lanes:`, `relayers:` and `traffic:`. */
import { z } from 'zod';
import { amountLaw, lawOf } from '../grammar/law.ts';
import {
  count,
  decimalNumber,
  durationText,
  idText,
  instantText,
  positiveCount,
  probability,
  rateText,
  ratioText,
} from '../grammar/quantities.ts';

const delay = lawOf(durationText);

export const finalitySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('instant') }),
  z.strictObject({ kind: z.literal('depth'), blocks: positiveCount }),
]);

export const verifierSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('light-client'),
    'trusting-period': durationText.optional(),
    'trust-level': ratioText.optional(),
    'clock-drift': durationText.optional(),
  }),
  z.strictObject({ kind: z.literal('header-chain') }),
  z.strictObject({
    kind: z.literal('committee'),
    members: positiveCount.max(1_000).optional(),
    threshold: positiveCount.optional(),
    signing: delay.optional().describe('time from seeing to having signed'),
    twins: z.array(count).optional().describe('members with a second process that shares their key'),
  }),
]);

export const laneSchema = z.strictObject({
  from: idText,
  to: idText,
  protocol: z.string().optional().describe('protocol preset that this entry starts from'),
  verifier: verifierSchema.optional(),
  'return-verifier': verifierSchema.optional(),
  finality: finalitySchema.optional(),
  'return-finality': finalitySchema.optional(),
  timeout: durationText.optional().describe('time to arrive, by the destination clock; 0s for none'),
  'timeout-blocks': count.optional().describe('destination blocks to arrive in; 0 for no limit'),
  'in-flight-max': count.optional(),
  acknowledge: z.boolean().optional(),
  ordering: z.literal('unordered').optional(),
  limiter: z.literal('unlimited').optional(),
  pause: z.literal('never').optional(),
  fees: z.literal('unpaid').optional(),
  reverse: idText.optional(),
});
export type LaneText = z.output<typeof laneSchema>;

export const relayerSchema = z.strictObject({
  lanes: z.array(idText).min(1),
  strategy: z
    .strictObject({
      kind: z.enum(['racing', 'assigned']),
      poll: delay.optional().describe('time between polls; subscribes unless given'),
    })
    .optional(),
  count: positiveCount.max(10_000).optional(),
  wallet: z.record(idText, decimalNumber).optional().describe('whole units of each gas asset'),
  service: delay.optional().describe('time that one delivery takes the relayer'),
  servers: positiveCount.optional(),
  queue: count.optional().describe('deliveries that may wait; 0 for no limit'),
  batch: z.strictObject({ size: positiveCount.optional(), wait: durationText.optional() }).optional(),
  submit: delay.optional().describe('delay from sending a transaction to its mempool'),
  retry: z
    .strictObject({
      patience: durationText.optional(),
      pause: durationText.optional(),
      factor: z.number().min(1).max(100).optional(),
      attempts: count.optional().describe('0 for no limit'),
    })
    .optional(),
  node: count.optional().describe('index of the node that it reads each chain through'),
});
export type RelayerText = z.output<typeof relayerSchema>;

const arrivalsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('poisson'), rate: rateText }),
  z.strictObject({ kind: z.literal('periodic'), every: durationText }),
  z.strictObject({ kind: z.literal('burst'), every: durationText, size: positiveCount }),
  z.strictObject({
    kind: z.literal('trace'),
    file: z.string().optional().describe('CSV with columns time_ms and amount'),
    entries: z
      .array(z.strictObject({ at_us: count, amount: z.string().optional() }))
      .optional()
      .describe('the same, inline'),
  }),
]);

export const trafficSchema = z.strictObject({
  application: z.enum(['token-transfer', 'remote-call']),
  lane: idText,
  arrivals: arrivalsSchema,
  amount: amountLaw().optional().describe('amount of each transfer, or a law of amounts'),
  bytes: lawOf(count).optional(),
  gas: count.optional().describe('gas of the remote call'),
  failure: probability.optional().describe('share of remote calls that revert'),
  users: positiveCount.max(1_000_000).optional(),
  as: idText.optional().describe('traffic whose users send'),
  start: instantText.optional(),
  end: instantText.optional(),
  limit: count.optional().describe('messages in all; 0 for no limit'),
});
export type TrafficText = z.output<typeof trafficSchema>;
