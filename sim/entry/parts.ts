/** `import ... from 'l0sim/parts'`: what somebody needs who writes a part of their own. */
export { definePart, type Part, type PartTable } from '../grammar/part.ts';
export { lawOf } from '../grammar/law.ts';
export { amountText, durationText, probability, ratioText } from '../grammar/quantities.ts';
export { defineRecord, field } from '../kernel/record.ts';
export type { Behaviour, Context, Observer, Sink } from '../kernel/simulation.ts';
export type { ApplicationContract, ReceiveOutcome } from '../../models/lanes/application.ts';
export type { Limiter } from '../../models/controls/limiters.ts';
export type { Pause } from '../../models/controls/pauses.ts';
export type { VerifierRule, VerifierVerdict } from '../../models/verifiers/verifier.ts';
export { defineFault, type FaultPart } from '../../models/faults/fault.ts';
