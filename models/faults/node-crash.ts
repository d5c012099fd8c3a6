/**
 * Nodes that stop: their disk stays, what they would have heard is gone. By a cause that attesters have in common, their
 * process, their key or their data source stops: whatever the cause carries.
 */
import { z } from 'zod';
import { lawOf } from '../../sim/grammar/law.ts';
import { durationText } from '../../sim/grammar/quantities.ts';
import { defineFault } from './fault.ts';
import { setUp } from './nodes.ts';

export const nodeCrash = defineFault({
  summary: 'stops the nodes of validators, or what a cause carries, for as long as the fault acts',
  touches: ['block-gap'],
  target: { required: [], oneOf: ['chain', 'causes'], optional: ['validators'] },
  parameters: z.strictObject({}),
  create: () => ({
    start: (context, fault) => setUp(context, fault, false),
    stop: (context, fault) => setUp(context, fault, true),
  }),
});

// MODEL: those selected go down and come back together, as in one room that loses power. Validators that fall one by one
// are faults of their own.
export const nodeRestart = defineFault({
  summary:
    'stops the nodes of validators, or what a cause carries; they come back after a while, with what they had on disk',
  touches: ['block-gap'],
  target: { required: [], oneOf: ['chain', 'causes'], optional: ['validators'] },
  parameters: z.strictObject({ down: lawOf(durationText).describe('time from the stop to the restart') }),
  endsItself: true,
  create: ({ down }) => ({
    lasting: down,
    start: (context, fault) => setUp(context, fault, false),
    stop: (context, fault) => setUp(context, fault, true),
  }),
});
