/** `l0sim schema [kind]`: the JSON Schema of scenario or sweep files, for editors. */
import { sweepJsonSchema } from '../../experiment/sweep/schema.ts';
import { scenarioJsonSchema } from '../../scenario/json-schema.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { openTerminal } from '../terminal.ts';

export function schemaCommand(given: { readonly kind?: string | undefined } = {}): number {
  const { kind = 'scenario' } = given;
  if (kind !== 'scenario' && kind !== 'sweep') throw new UsageError(`schema knows scenario and sweep, not ${kind}`);
  openTerminal(false).out(JSON.stringify(kind === 'sweep' ? sweepJsonSchema() : scenarioJsonSchema(), null, 2));
  return EXIT.asExpected;
}
