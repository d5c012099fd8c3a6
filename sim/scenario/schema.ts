/** The grammar of a scenario file, put together. `scenarios/schema.json` is this, for editors. */
import { z } from 'zod';
import { lawOf } from '../grammar/law.ts';
import {
  count,
  durationText,
  ID_PATTERN,
  idText,
  indexRange,
  instantText,
  ratioText,
  seedText,
} from '../grammar/quantities.ts';
import { chainSchema } from './schema-chains.ts';
import { laneSchema, relayerSchema, trafficSchema } from './schema-lanes.ts';

const ids = z.string().regex(ID_PATTERN);

const synchronySchema = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('asynchronous') }),
  z.strictObject({
    model: z.literal('partial'),
    gst: instantText.describe('instant from which delays are bounded'),
    delta: durationText.describe('bound on a delay from then on'),
  }),
]);

export const whenSchema = z.strictObject({
  at: instantText.optional(),
  for: lawOf(durationText).optional(),
  until: z.union([z.literal('gst'), instantText]).optional(),
  every: lawOf(durationText).optional(),
  on: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  after: durationText.optional(),
  count: count.optional(),
});

const faultSchema = z.strictObject({
  kind: z.string(),
  target: z
    .strictObject({
      chain: idText.optional(),
      validators: indexRange.optional(),
      lane: idText.optional(),
      relayer: z.string().optional(),
      committee: idText.optional(),
      members: indexRange.optional(),
      traffic: idText.optional(),
    })
    .describe('what it acts on; it must match something'),
  when: whenSchema.describe('when it acts'),
  with: z.record(z.string(), z.unknown()).optional().describe('what it does, by kind'),
});
export type FaultText = z.output<typeof faultSchema>;

const limit = z.union([z.literal('threshold'), count]);
const assumptionSchema = z.union([
  z.strictObject({ byzantine: idText, below: ratioText }),
  z.strictObject({ reorg: idText, 'at-most': count }),
  z.strictObject({ 'honest-relayers': idText, 'at-least': count }),
  z.strictObject({ 'lying-sources': idText, below: limit }),
]);
/** The key that names each kind of assumption. */
export const ASSUMPTION_KINDS: readonly string[] = ['byzantine', 'reorg', 'honest-relayers', 'lying-sources'];
export type AssumptionText = z.output<typeof assumptionSchema>;

const holds = z.enum(['hold', 'violated']);
const expectSchema = z.strictObject({
  safety: holds.optional(),
  liveness: holds.optional(),
  assumptions: z.enum(['hold', 'broken']).optional(),
  properties: z.record(z.string(), holds).optional().describe('by slug: what this one property must show'),
});

export const scenarioSchema = z
  .strictObject({
    l0sim: z.literal(1).describe('version of the grammar'),
    name: idText.describe('short name, used for the results folder'),
    question: z.string().optional().describe('what the scenario asks'),
    seed: seedText.optional(),
    horizon: durationText.describe('end of traffic'),
    drain: durationText.optional().describe('longest time that the run goes on after the horizon'),
    proofs: z.enum(['hashed', 'modelled']).optional(),
    synchrony: synchronySchema.optional(),
    chains: z.record(ids, chainSchema),
    lanes: z.record(ids, laneSchema).optional(),
    relayers: z.record(ids, relayerSchema).optional(),
    traffic: z.record(ids, trafficSchema).optional(),
    faults: z.record(ids, faultSchema).optional(),
    assume: z.array(assumptionSchema).optional(),
    expect: expectSchema.optional(),
    thresholds: z.record(z.string(), z.string()).optional(),
  })
  .meta({ title: 'l0sim scenario' });

export type ScenarioText = z.output<typeof scenarioSchema>;

/** JSON Schema (2020-12) of the text, for editors. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
}
