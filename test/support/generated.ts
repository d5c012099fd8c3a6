/** Files that are generated from the grammar, by path. */
import { scenarioJsonSchema } from '../../sim/scenario/schema.ts';
import { type JsonSchema, scenarioReference } from './scenario-reference.ts';

export function generatedFiles(): ReadonlyMap<string, string> {
  const schema = scenarioJsonSchema();
  return new Map([
    ['scenarios/schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['docs/scenario-reference.md', scenarioReference(schema as JsonSchema)],
  ]);
}
