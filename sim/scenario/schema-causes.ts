/** Grammar of `causes:`: what several attesters depend on, so that they fail together. */
import { z } from 'zod';
import { committeeText, count, indexRange } from '../grammar/quantities.ts';

const members = z.union([z.literal('all'), indexRange]);
const dependants = z
  .record(committeeText, members)
  .describe('members that depend on it, from 0, by lane or lane.part; `all` of a lane for all of its committees');

export const causeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('custodian'), of: dependants }),
  z.strictObject({ kind: z.literal('cloud'), of: dependants }),
  z.strictObject({ kind: z.literal('client-software'), of: dependants }),
  z.strictObject({
    kind: z.literal('rpc-provider'),
    of: dependants,
    node: count.optional().describe('index of the node that it answers from, on each chain'),
  }),
]);
export type CauseText = z.output<typeof causeSchema>;
