/** Whole runs of a scenario given as text, with every record kept. */
import { simulate, type RunResult } from '../../sim/run/run.ts';
import { type LoadOptions, loadScenario } from '../../sim/scenario/load.ts';
import { builtInObservers } from '../../reports/results.ts';
import { createRunParts } from '../../sim/run/parts.ts';

export interface KeptRecord {
  readonly name: string;
  readonly atUs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface KeptRun {
  readonly result: RunResult;
  readonly records: readonly KeptRecord[];
  /** Records of one kind. */
  of(name: string): readonly KeptRecord[];
  /** Findings by property. */
  readonly found: ReadonlyMap<string, number>;
}

export function runText(
  text: string,
  changes: Readonly<Record<string, string>> = {},
  options: LoadOptions = {},
): KeptRun {
  const overrides = Object.entries(changes).map(([path, value]) => ({ path, value, flag: '--set' }));
  const { scenario } = loadScenario(text, { ...options, overrides });
  const records: KeptRecord[] = [];
  const result = simulate(scenario, {
    parts: createRunParts(builtInObservers),
    sinks: [
      {
        onRecord: ({ time }, { name }, fields) => {
          records.push({ name, atUs: time, fields: { ...fields } });
        },
      },
    ],
  });
  const found = new Map<string, number>();
  for (const { property } of result.violations) found.set(property, (found.get(property) ?? 0) + 1);
  return { result, records, found, of: (name) => records.filter((each) => each.name === name) };
}
