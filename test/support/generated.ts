/** Files that are generated from the grammar and the presets, by path. */
import { sweepJsonSchema } from '../../sim/experiment/sweep/schema.ts';
import { scenarioJsonSchema } from '../../sim/scenario/json-schema.ts';
import { propertiesPage } from './properties-page.ts';
import { protocolsPage } from './protocols-page.ts';
import { type JsonSchema, scenarioReference } from './scenario-reference.ts';

export function generatedFiles(): ReadonlyMap<string, string> {
  const schema = scenarioJsonSchema();
  return new Map([
    ['scenarios/schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['scenarios/sweep-schema.json', `${JSON.stringify(sweepJsonSchema(), null, 2)}\n`],
    ['docs/properties.md', propertiesPage()],
    ['docs/protocols.md', protocolsPage()],
    ['docs/scenario-reference.md', scenarioReference(schema as JsonSchema)],
  ]);
}
