/** Grammar of chains that stand on others: rollups and parachains. */
import { z } from 'zod';
import { lawOf } from '../grammar/law.ts';
import { count, decimalNumber, durationText, idText, positiveCount, ppmText } from '../grammar/quantities.ts';
import { finalitySchema } from './schema-finality.ts';

const delay = lawOf(durationText);

const shared = {
  on: idText.describe('the chain below, one of this scenario'),
  origin: finalitySchema.optional().describe('which block below the next block is built on'),
  finality: finalitySchema.optional().describe('when a block below counts as final'),
};

const challengeSchema = z.strictObject({
  kind: z.literal('challenge'),
  window: durationText.optional().describe('time to dispute an output, by the clock of the chain below'),
  bond: decimalNumber.optional().describe('whole units of the gas asset below that an output puts down'),
  challengers: z
    .strictObject({
      count: count.max(1_000).optional().describe('how many there are'),
      availability: ppmText.optional().describe('share of outputs that each of them looks at'),
      reaction: delay.optional().describe('time from seeing an output to having judged it'),
    })
    .optional()
    .describe('who disputes false outputs'),
});

const validitySchema = z.strictObject({
  kind: z.literal('validity'),
  proving: delay.describe('time that the proof of an output takes'),
  window: durationText.optional().describe('time from a proven output to its being believed'),
  gas: count.optional().describe('gas of checking a proof below'),
});

export const rollupSchema = z.strictObject({
  kind: z.literal('rollup'),
  ...shared,
  batch: durationText.optional().describe('time between batches of data, which go to the chain below'),
  output: durationText.optional().describe('time between outputs, the heads that are stated below'),
  settlement: z
    .discriminatedUnion('kind', [challengeSchema, validitySchema])
    .describe('how outputs come to be believed below'),
});

export const parachainSchema = z.strictObject({
  kind: z.literal('parachain'),
  ...shared,
  availability: delay.optional().describe('time from a backed block to its being available everywhere'),
  approval: delay.optional().describe('time from an included block to its having been checked'),
  ahead: positiveCount.max(64).optional().describe('blocks that may be made and not yet included'),
});

export type RollupText = z.output<typeof rollupSchema>;
export type ParachainText = z.output<typeof parachainSchema>;
