/** Records as lines of `trace.jsonl`: index, time, event, cause, kind, then the fields of the kind. */
import type { Sink } from '../kernel/simulation.ts';
import { fieldToJson } from '../kernel/record.ts';
import type { ByteSink } from '../../reports/csv/write.ts';

/** Lines handed over in one write. */
const BATCH = 1_000;

export interface TraceSink extends Sink {
  /** Hands over what is left. */
  end(): void;
}

export function createTraceSink(sink: ByteSink): TraceSink {
  let lines: string[] = [];
  const end = (): void => {
    if (lines.length > 0) sink.write(Buffer.from(lines.join('')));
    lines = [];
  };
  return {
    onRecord(place, definition, fields) {
      const { index, time, event, cause } = place;
      const line: Record<string, unknown> = { index, time_us: time, event, cause, kind: definition.name };
      for (const name of definition.order) line[name] = fieldToJson(fields[name] as never);
      lines.push(`${JSON.stringify(line)}\n`);
      if (lines.length >= BATCH) end();
    },
    end,
  };
}
