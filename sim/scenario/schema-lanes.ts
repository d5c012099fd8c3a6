/** Grammar of `lanes:`, `relayers:` and `traffic:`. */
import { z } from 'zod';
import { failures } from '../../models/lanes/failures.ts';
import { orderings } from '../../models/lanes/orderings.ts';
import { replays } from '../../models/lanes/replays.ts';
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
} from '../grammar/quantities.ts';
import { finalitySchema } from './schema-finality.ts';
import { limiterSchema, pauseSchema } from './schema-controls.ts';
import { verifierSchema } from './schema-verifiers.ts';

/** Names of a table of parts. */
function kindsOf<Kind extends string>(table: Readonly<Record<Kind, unknown>>): [Kind, ...Kind[]] {
  return Object.keys(table) as [Kind, ...Kind[]];
}

const delay = lawOf(durationText);

export const feesSchema = z.union([
  z.literal('unpaid'),
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('ahead'),
      flat: decimalNumber.optional().describe('whole units of the gas asset of the source, for each message'),
      gas: count.optional().describe('gas at the destination that is quoted at the price there'),
      margin: decimalNumber.optional().describe('factor on the price of that gas; 1 unless given'),
      rate: decimalNumber
        .optional()
        .describe('whole units of the gas asset of the source for one of the destination; 1 unless given'),
    }),
    z.strictObject({
      kind: z.literal('incentive'),
      receive: decimalNumber.describe('whole units of the gas asset of the source for who delivers'),
      acknowledge: decimalNumber.describe('the same for who brings the acknowledgement'),
      'time-out': decimalNumber.describe('the same for who proves a timeout'),
    }),
    z.strictObject({
      kind: z.literal('on-delivery'),
      bps: count.max(10_000).describe('part of the tokens that arrive, in hundredths of a percent'),
      to: z.enum(['relayer', 'system']).optional().describe('who has it: whoever delivers, or the system'),
    }),
  ]),
]);
export type FeesText = z.output<typeof feesSchema>;

export const laneSchema = z.strictObject({
  from: idText.describe('source chain'),
  to: idText.describe('destination chain'),
  protocol: z.string().optional().describe('system that this entry starts from: a preset, or a file beside this one'),
  system: z.string().optional().describe("name of the system; lanes of one name are each other's way back"),
  verifier: verifierSchema.optional().describe('how the destination believes the source'),
  'return-verifier': verifierSchema.optional().describe('how the source believes the destination'),
  finality: finalitySchema.optional().describe('when a source block counts as final'),
  'return-finality': finalitySchema.optional().describe('when a destination block counts as final'),
  timeout: durationText.optional().describe('time to arrive, by the destination clock; 0s for none'),
  'timeout-blocks': count.optional().describe('destination blocks to arrive in; 0 for no limit'),
  'refund-after': durationText
    .optional()
    .describe('time after which the sender has the value back by the source clock, without a proof: the second lock'),
  'in-flight-max': count.optional().describe('messages that may be under way at once; 0 for no limit'),
  acknowledge: z.boolean().optional().describe('whether outcomes are sent back'),
  ordering: z.enum(kindsOf(orderings)).optional().describe('order of delivery'),
  replay: z.enum(kindsOf(replays)).optional().describe('what keeps a packet from being received twice'),
  failure: z.enum(kindsOf(failures)).optional().describe('what becomes of a packet whose call fails'),
  'manual-after': durationText
    .optional()
    .describe('time from the proof on after which anyone may try by hand; for failure: manual'),
  opening: z
    .enum(['open', 'handshake'])
    .optional()
    .describe('whether it is open from the start, or clients, connection and channel are made by messages first'),
  limiter: limiterSchema.optional().describe('limit on amounts'),
  pause: pauseSchema.optional().describe('who may stop the lane'),
  fees: feesSchema.optional().describe('who pays for carriage, when and how much; nobody unless given'),
  reverse: idText.optional().describe('lane of the way back; found by its ends unless given'),
});
export type LaneText = z.output<typeof laneSchema>;

export const relayerSchema = z.strictObject({
  lanes: z.array(idText).min(1).describe('lanes that it serves'),
  protocol: z.string().optional().describe('system whose relayer this entry starts from'),
  strategy: z
    .strictObject({
      kind: z.enum(['racing', 'assigned']).describe('all take every packet, or each its share'),
      poll: delay.optional().describe('time between polls; subscribes unless given'),
    })
    .optional()
    .describe('which packets it takes and how it hears of them'),
  count: positiveCount.max(10_000).optional().describe('copies, named id.1, id.2, ...'),
  wallet: z.record(idText, decimalNumber).optional().describe('whole units of each gas asset'),
  service: delay.optional().describe('time that one delivery takes the relayer'),
  servers: positiveCount.optional().describe('deliveries that it works on at once'),
  queue: count.optional().describe('deliveries that may wait; 0 for no limit'),
  clear: z.boolean().optional().describe('whether it takes up later what found the queue full; true unless given'),
  batch: z
    .strictObject({
      size: positiveCount.optional().describe('packets in a transaction at most'),
      wait: durationText.optional().describe('longest wait for a batch to fill'),
    })
    .optional()
    .describe('packets sent in one transaction'),
  submit: delay.optional().describe('delay from sending a transaction to its mempool'),
  loss: probability.optional().describe('share of its transactions that never reach a mempool'),
  retry: z
    .strictObject({
      patience: durationText.optional().describe('wait for inclusion before trying again'),
      pause: durationText.optional().describe('first pause between tries'),
      factor: z.number().min(1).max(100).optional().describe('growth of the pause with each try'),
      attempts: count.optional().describe('tries at most; 0 for no limit'),
    })
    .optional()
    .describe('what it does about transactions that fail'),
  node: count.optional().describe('index of the node that it reads each chain through'),
});
export type RelayerText = z.output<typeof relayerSchema>;

const arrivalsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('poisson'), rate: rateText.describe('mean rate of messages') }),
  z.strictObject({ kind: z.literal('periodic'), every: durationText.describe('time between messages') }),
  z.strictObject({
    kind: z.literal('burst'),
    every: durationText.describe('time between bursts'),
    size: positiveCount.describe('messages of a burst'),
  }),
  z.strictObject({
    kind: z.literal('trace'),
    file: z.string().optional().describe('CSV with columns time_ms and amount'),
    entries: z
      .array(
        z.strictObject({
          at_us: count.describe('microseconds since the run began'),
          amount: z.string().optional().describe('decimal amount, in whole units'),
        }),
      )
      .optional()
      .describe('the same, inline'),
  }),
]);

const callContent = {
  bytes: lawOf(count).optional().describe('bytes of a payload'),
  gas: count.optional().describe('gas of the remote call'),
  failure: probability.optional().describe('share of remote calls that revert'),
  'failure-lasts': durationText.optional().describe('time from sending on in which they revert; for ever unless given'),
};

export const trafficSchema = z.strictObject({
  application: z.enum(['token-transfer', 'remote-call']).describe('what is sent'),
  lane: idText.describe('lane that it is sent on'),
  route: z
    .array(idText)
    .min(1)
    .optional()
    .describe('lanes that a transfer goes on over, each from where the one before ends'),
  retries: count.optional().describe('times that a hop on the route is sent again after a timeout'),
  arrivals: arrivalsSchema.describe('when messages are sent'),
  amount: amountLaw().optional().describe('amount of each transfer, or a law of amounts'),
  ...callContent,
  call: z
    .strictObject(callContent)
    .optional()
    .describe('a call in the same packet as a transfer: both are done or neither'),
  users: positiveCount.max(1_000_000).optional().describe('users who send in turn'),
  as: idText.optional().describe('traffic whose users send'),
  start: instantText.optional().describe('first instant of sending'),
  end: instantText.optional().describe('end of sending; the horizon unless given'),
  limit: count.optional().describe('messages in all; 0 for no limit'),
});
export type TrafficText = z.output<typeof trafficSchema>;
