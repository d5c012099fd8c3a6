/** A plain value as YAML text that `readYaml` reads back to the same value. */
import { stringify } from 'yaml';
import type { PlainMap } from './located.ts';

/**
 * Keys in the order they have. Text that would be read as something else is quoted. Quantities are written by the
 * functions of `sim/grammar/format.ts` before they come here.
 */
export function toYaml(value: PlainMap): string {
  // A value that stands at two places is written twice: aliases are not part of the grammar.
  return stringify(value, { lineWidth: 120, aliasDuplicateObjects: false, minContentWidth: 0 });
}
