/** Grammar of what bounds a lane: limiters, pauses, and the operators who hold keys. */
import { z } from 'zod';
import { amountText, idText, instantText, positiveCount } from '../grammar/quantities.ts';

const rate = amountText.describe('filled up by so much each second');

export const limiterSchema = z.union([
  z.literal('unlimited'),
  z.strictObject({
    kind: z.literal('token-bucket'),
    capacity: amountText.describe('what passes at once at most; it starts full'),
    rate,
    at: z.enum(['both', 'source', 'destination']).optional().describe('ends that it stands at; both unless given'),
  }),
]);

export const pauseSchema = z.union([
  z.literal('never'),
  z.strictObject({ kind: z.literal('key') }).describe('by who holds the key of the lane'),
]);

const where = {
  at: instantText.describe('instant of the transaction'),
  lane: idText.describe('lane'),
  on: idText.optional().describe('end of the lane, by its chain; both ends unless given'),
};

const actSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('pause'), ...where }),
  z.strictObject({ do: z.literal('resume'), ...where }),
  z.strictObject({ do: z.literal('reopen'), at: where.at, lane: where.lane }),
  ...(['skip', 'nilify', 'burn', 'clear', 'execute'] as const).map((act) =>
    z.strictObject({
      do: z.literal(act),
      at: where.at,
      lane: where.lane,
      sequence: positiveCount.describe('sequence of the packet'),
    }),
  ),
  z.strictObject({
    do: z.literal('set-limit'),
    ...where,
    capacity: amountText.describe('new capacity of the bucket'),
    rate,
  }),
]);
export type ActText = z.output<typeof actSchema>;

export const operatorSchema = z.strictObject({
  holds: z.array(idText).optional().describe('lanes whose key it holds'),
  acts: z.array(actSchema).optional().describe('transactions that it sends'),
});
export type OperatorText = z.output<typeof operatorSchema>;
