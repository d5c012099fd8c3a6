/** The grammar of a scenario file, put together. `scenarios/schema.json` is this, for editors. */
import { z } from 'zod';
import { lawOf } from '../grammar/law.ts';
import {
  committeeText,
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
import { causeSchema } from './schema-causes.ts';
import { operatorSchema } from './schema-controls.ts';
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
  at: instantText.optional().describe('instant at which it begins'),
  for: lawOf(durationText).optional().describe('how long it lasts each time'),
  until: z
    .union([z.literal('gst'), instantText])
    .optional()
    .describe('instant at which it ends for good'),
  every: lawOf(durationText).optional().describe('time from one start to the next'),
  on: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('a record, by its type and fields, on which it begins'),
  after: durationText.optional().describe('time from the record to the start'),
  count: count.optional().describe('how often it begins at most; 0 for no limit'),
});

const faultSchema = z.strictObject({
  kind: z.string().describe('what happens'),
  target: z
    .strictObject({
      chain: idText.optional().describe('chain'),
      validators: indexRange.optional().describe('validators of the chain, from 0; all unless given'),
      lane: idText.optional().describe('lane'),
      relayer: z.string().optional().describe('relayer, or one of its copies as id.2'),
      relayers: z.array(z.string()).min(1).optional().describe('several of them'),
      committee: committeeText.optional().describe('lane whose committee it is, or lane.part for one of a tree'),
      members: indexRange.optional().describe('members of the committee, from 0; all unless given'),
      traffic: idText.optional().describe('traffic'),
      watchers: idText.optional().describe('lane whose watchers it acts on'),
      provers: idText.optional().describe('lane whose provers it acts on'),
      causes: z.array(idText).min(1).optional().describe('causes that attesters have in common'),
    })
    .describe('what it acts on; it must match something'),
  when: whenSchema.describe('when it acts'),
  with: z.record(z.string(), z.unknown()).optional().describe('what it does, by kind'),
});
export type FaultText = z.output<typeof faultSchema>;

const limit = z.union([z.literal('threshold'), count]);
const assumptionSchema = z.union([
  z.strictObject({
    byzantine: idText.describe('chain'),
    below: ratioText.describe('share of its power that may be faulty, this not included'),
  }),
  z.strictObject({ reorg: idText.describe('chain'), 'at-most': count.describe('blocks that may be undone at once') }),
  z.strictObject({
    'block-gap': idText.describe('chain'),
    'at-most': durationText.describe('time that it goes without a block'),
  }),
  z.strictObject({
    'honest-relayers': idText.describe('lane'),
    'at-least': count.describe('relayers that serve it honestly'),
  }),
  z.strictObject({
    'lying-sources': committeeText.describe('lane with a committee, or lane.part for one of a tree'),
    below: limit.describe('members that may be lied to, this not included'),
  }),
  z.strictObject({
    'honest-committee': committeeText.describe('lane with a committee, or lane.part for one of a tree'),
    below: limit.describe('members that may sign anything, this not included'),
  }),
  z.strictObject({
    'serving-provers': idText.describe('lane with a validity-proof'),
    'at-least': count.describe('machines that work, of each of its provers'),
  }),
  z.strictObject({ 'sound-circuit': idText.describe('lane with a validity-proof') }),
]);
/** The key that names each kind of assumption. */
export const ASSUMPTION_KINDS: readonly string[] = [
  'byzantine',
  'reorg',
  'block-gap',
  'honest-relayers',
  'lying-sources',
  'honest-committee',
  'serving-provers',
  'sound-circuit',
];
export type AssumptionText = z.output<typeof assumptionSchema>;

const holds = z.enum(['hold', 'violated']);
const expectSchema = z.strictObject({
  safety: holds.optional().describe('all safety properties together'),
  liveness: holds.optional().describe('all liveness properties together'),
  assumptions: z.enum(['hold', 'broken']).optional().describe('all assumptions together'),
  properties: z.record(z.string(), holds).optional().describe('by slug: what this one property must show'),
});

export const scenarioSchema = z
  .strictObject({
    l0sim: z.literal(1).describe('version of the grammar'),
    name: idText.describe('short name, used for the results folder'),
    question: z.string().optional().describe('what the scenario asks'),
    seed: seedText.optional().describe('what all chance of the run follows from; "1" unless given'),
    horizon: durationText.describe('end of traffic'),
    drain: durationText.optional().describe('longest time that the run goes on after the horizon'),
    proofs: z
      .enum(['hashed', 'modelled'])
      .optional()
      .describe('real hash trees, or their outcome only, which is faster'),
    synchrony: synchronySchema.optional().describe('from when on delays are bounded'),
    chains: z.record(ids, chainSchema).describe('blockchains'),
    lanes: z.record(ids, laneSchema).optional().describe('directed paths between two chains'),
    relayers: z.record(ids, relayerSchema).optional().describe('who carries packets'),
    operators: z.record(ids, operatorSchema).optional().describe('who holds keys of lanes, and acts by plan'),
    traffic: z.record(ids, trafficSchema).optional().describe('what users send'),
    causes: z.record(ids, causeSchema).optional().describe('what attesters depend on together'),
    faults: z.record(ids, faultSchema).optional().describe('what goes wrong'),
    assume: z.array(assumptionSchema).optional().describe('what the protocols rely on'),
    expect: expectSchema.optional().describe('what the run must show; all holds unless said'),
    thresholds: z.record(z.string(), z.string()).optional().describe('bounds on metrics, such as latency-p95: "< 60s"'),
  })
  .meta({ title: 'l0sim scenario' });

export type ScenarioText = z.output<typeof scenarioSchema>;
