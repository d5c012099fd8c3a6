/** The quickstart: simulated seconds, and events, for each second of processor time. */
import { readFileSync } from 'node:fs';
import { startRun } from '../sim/run/run.ts';
import { loadScenario } from '../sim/scenario/load.ts';
import { median, type Row, time } from './rows.ts';

export function benchQuickstart(): Row[] {
  const { scenario } = loadScenario(readFileSync('scenarios/quickstart.yaml'));
  const measured = Array.from({ length: 5 }, () => {
    const run = startRun(scenario);
    const milliseconds = time(() => {
      while (run.advance(Number.MAX_SAFE_INTEGER));
    });
    const seconds = milliseconds / 1_000;
    const { simulatedUs, events } = run.progress();
    return { simulated: simulatedUs / 1e6 / seconds, events: events / seconds };
  });
  return [
    { figure: 'simulated', value: median(measured.map((each) => each.simulated)), unit: 's/s' },
    { figure: 'events', value: median(measured.map((each) => each.events)), unit: 'events/s' },
  ];
}
