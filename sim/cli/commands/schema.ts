/** `l0sim schema`: the JSON Schema of scenario files, for editors. */
import { scenarioJsonSchema } from '../../scenario/schema.ts';
import { EXIT } from '../exit-codes.ts';
import { openTerminal } from '../terminal.ts';

export function schemaCommand(): number {
  openTerminal(false).out(JSON.stringify(scenarioJsonSchema(), null, 2));
  return EXIT.asExpected;
}
