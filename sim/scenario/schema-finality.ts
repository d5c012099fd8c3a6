/** Grammar of finality: when a block counts as final for those outside. */
import { z } from 'zod';
import { positiveCount } from '../grammar/quantities.ts';

export const finalitySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('instant') }),
  z.strictObject({ kind: z.literal('depth'), blocks: positiveCount.describe('blocks on top of a final one') }),
  z.strictObject({
    kind: z.literal('tag'),
    tag: z.enum(['latest', 'safe', 'finalized', 'settled']).describe('how far the chain itself holds blocks for final'),
  }),
]);
