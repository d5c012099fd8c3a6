/** The grammar of a sweep file. */
import { z } from 'zod';
import { count, idText, positiveCount, seedText } from '../../grammar/quantities.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);
const end = z.union([z.string(), z.number()]);

const factorSchema = z.strictObject({
  path: z.string().optional().describe('where the value goes in the resolved scenario, such as lanes.hub-eth.timeout'),
  paths: z.array(z.string()).min(1).optional().describe('the same value at several places'),
  values: z.array(value).min(1).optional().describe('the values that it takes'),
  from: end.optional().describe('one end of a range, with its unit'),
  to: end.optional().describe('the other end'),
  scale: z.enum(['linear', 'log']).optional().describe('how values are spread between the ends'),
  whole: z.boolean().optional().describe('whole numbers only'),
  steps: positiveCount.optional().describe('values of a range in a grid or one at a time; 5 unless given'),
  follows: idText.optional().describe('factor whose value it takes, times and plus the next two'),
  times: z.number().optional().describe('what the followed value is multiplied by; 1 unless given'),
  plus: end.optional().describe('what is added to it'),
});
export type FactorText = z.output<typeof factorSchema>;

const points = positiveCount.describe('points before those that break a condition are left out');
const designSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grid') }).describe('every value with every other'),
  z.strictObject({ kind: z.literal('one-at-a-time') }).describe('the base scenario, and each factor by itself'),
  z.strictObject({ kind: z.literal('random'), points }).describe('independent uniform points'),
  z.strictObject({ kind: z.literal('latin-hypercube'), points }).describe('a point in each stratum of each factor'),
  z
    .strictObject({
      kind: z.literal('sobol'),
      points,
      shift: z.boolean().optional().describe('digital shift by the seed; true unless given'),
    })
    .describe('a low-discrepancy sequence; best with a power of two'),
  z.strictObject({ kind: z.literal('csv'), file: z.string().describe('one column a factor, one row a point') }),
]);
export type DesignText = z.output<typeof designSchema>;

export const sweepSchema = z
  .strictObject({
    'l0sim-sweep': z.literal(1).describe('version of the grammar'),
    name: idText.describe('short name, used for the results folder'),
    question: z.string().optional().describe('what the sweep asks'),
    base: z.string().describe('scenario file, beside this one'),
    seed: seedText.optional().describe("what all chance follows from; the scenario's own unless given"),
    replications: positiveCount
      .optional()
      .describe('runs of each point, by seeds that all points share; 1 unless given'),
    level: z.number().gt(0.5).lt(1).optional().describe('confidence of the intervals; 0.95 unless given'),
    metrics: z.array(z.string()).min(1).optional().describe('figures to keep; all unless given'),
    set: z.record(z.string(), value).optional().describe('values at paths of the scenario that stay the same'),
    design: designSchema.optional().describe('which points are run; a grid unless given'),
    vary: z.record(idText, factorSchema).describe('what is varied'),
    where: z.array(z.string()).optional().describe('conditions that a point must keep to, such as poll < timeout'),
    'event-budget': count.optional().describe('estimated events above which a cell is refused'),
  })
  .meta({ title: 'l0sim sweep' });
export type SweepText = z.output<typeof sweepSchema>;

/** The grammar of sweep files for editors. */
export function sweepJsonSchema(): unknown {
  return z.toJSONSchema(sweepSchema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
}
