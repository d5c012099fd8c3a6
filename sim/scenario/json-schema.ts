/** JSON Schema of scenario files, for editors: the grammar, and of each kind of fault what it acts on and takes. */
import { z } from 'zod';
import type { FaultPart } from '../../models/faults/fault.ts';
import { faults } from '../../models/faults/faults.ts';
import { scenarioSchema } from './schema.ts';

interface MapSchema {
  readonly properties: Readonly<Record<string, unknown>>;
}

/** JSON Schema (2020-12) of the text. */
export function scenarioJsonSchema(): unknown {
  const schema = exported(scenarioSchema) as MapSchema & { readonly $defs?: Readonly<Record<string, unknown>> };
  const planned = schema.properties['faults'] as MapSchema & { readonly additionalProperties: MapSchema };
  const { target, when } = planned.additionalProperties.properties;
  const kinds = Object.entries(faults).map(([kind, part]) => faultOf(kind, part, target as MapSchema));
  return {
    ...schema,
    properties: { ...schema.properties, faults: { ...planned, additionalProperties: { oneOf: kinds } } },
    $defs: { ...schema.$defs, when },
  };
}

/** The reader takes all kinds by one map, and says of a wrong one what is near; an editor needs them one by one. */
function faultOf(kind: string, part: FaultPart, target: MapSchema): unknown {
  const keys: readonly string[] = [
    ...part.target.required,
    ...(part.target.oneOf ?? []),
    ...(part.target.optional ?? []),
  ];
  const given = exported(part.parameters) as { readonly required?: readonly string[]; readonly $schema?: string };
  const { $schema: _ours, ...parameters } = given;
  const mustBeGiven = (parameters.required ?? []).length > 0;
  return {
    type: 'object',
    description: part.summary,
    properties: {
      kind: { type: 'string', const: kind },
      target: {
        ...target,
        properties: Object.fromEntries(Object.entries(target.properties).filter(([key]) => keys.includes(key))),
        required: part.target.required,
      },
      when: { description: 'when it acts', $ref: '#/$defs/when' },
      with: { description: 'what it does', ...parameters },
    },
    required: ['kind', 'target', 'when', ...(mustBeGiven ? ['with'] : [])],
    additionalProperties: false,
  };
}

function exported(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
}
