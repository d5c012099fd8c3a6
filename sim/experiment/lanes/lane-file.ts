/**
 * Measured lanes: `{ columns: [bridge, from, to, n, q1, median, q3], rows: [...] }`, in seconds between block timestamps. The
 * first three columns are bridge, source and destination, whatever they are called; the others go by name.
 */

export interface MeasuredLane {
  readonly bridge: string;
  readonly source: string;
  readonly destination: string;
  /** Transfers measured; 0 where nothing is and only the simulation is asked for. */
  readonly n: number;
  readonly q1: number | undefined;
  readonly median: number | undefined;
  readonly q3: number | undefined;
}

/** What a file of lanes cannot be read for; the message is for its author. */
export class LaneFileError extends Error {}

const FIRST = ['bridge', 'source', 'destination'] as const;

/** Reads a file of lanes. Throws LaneFileError. */
export function readLanes(text: string): MeasuredLane[] {
  const { columns, rows } = parse(text);
  const at = new Map(columns.map((name, index) => [name, index]));
  if (columns.length < FIRST.length) throw new LaneFileError('columns lack bridge, source or destination');
  return rows.map((row, index) => {
    const cell = (name: string): unknown => row[at.get(name) ?? -1];
    const [bridge, source, destination] = FIRST.map((name, column) => {
      const value = row[column];
      if (typeof value !== 'string' || value === '') throw new LaneFileError(`row ${index + 1} has no ${name}`);
      return value;
    }) as [string, string, string];
    const number = (name: string): number | undefined => {
      const value = cell(name);
      if (value === undefined || value === null) return undefined;
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      throw new LaneFileError(`row ${index + 1}: ${name} is no number`);
    };
    return {
      bridge,
      source,
      destination,
      n: number('n') ?? 0,
      q1: number('q1'),
      median: number('median'),
      q3: number('q3'),
    };
  });
}

function parse(text: string): { columns: string[]; rows: unknown[][] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LaneFileError('it is no JSON');
  }
  const { columns, rows } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const isNamed = Array.isArray(columns) && columns.every((name) => typeof name === 'string');
  if (!isNamed || !Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) {
    throw new LaneFileError('it has no columns and rows');
  }
  return { columns: columns as string[], rows: rows as unknown[][] };
}

/** Systems of the bridges that measured files name. Others go by the name of their preset. */
const SYSTEMS: Readonly<Record<string, string>> = {
  across: 'across-intents',
  stargate_bus: 'stargate-bus',
  stargate_oft: 'stargate-oft',
};

export function systemOf(bridge: string): string {
  return SYSTEMS[bridge] ?? bridge;
}
