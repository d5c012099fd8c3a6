/** Assumptions from their text. */
import type { AssumptionEntry, LaneEntry } from './scenario.ts';
import type { AssumptionText } from './schema.ts';

export function resolveAssumption(text: AssumptionText, lanes: Readonly<Record<string, LaneEntry>>): AssumptionEntry {
  if ('byzantine' in text) return { kind: 'byzantine', subject: text.byzantine, below: text.below };
  if ('reorg' in text) return { kind: 'reorg', subject: text.reorg, atMost: text['at-most'] };
  if ('honest-relayers' in text) {
    return { kind: 'honest-relayers', subject: text['honest-relayers'], atLeast: text['at-least'] };
  }
  const subject = text['lying-sources'];
  const verifier = lanes[subject]?.verifier;
  const threshold = verifier?.kind === 'committee' ? verifier.threshold : 1;
  return { kind: 'lying-sources', subject, below: text.below === 'threshold' ? threshold : text.below };
}
