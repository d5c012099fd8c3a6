/** Bytes that one more open message costs: attested, in the relayer's queue, and never carried. */
import { startRun } from '../sim/run/run.ts';
import { heapBytes, type Row } from './rows.ts';
import { laneScenario } from './scenarios.ts';

const MESSAGES = 60_000;
/** Measured between these numbers of requests, so that what the program itself takes falls out. */
const FROM = 20_000;
const TO = 58_000;
const SLICE = 2_000;

export function benchMemory(): Row[] {
  const scenario = laneScenario({ messages: MESSAGES, proofs: 'modelled', verifier: 'committee', service: '1h' });
  const run = startRun(scenario, { keepsRows: false });
  const at = (requested: number): { readonly bytes: number; readonly open: number } => {
    while (run.progress().messages.requested < requested) run.advance(SLICE);
    return { bytes: heapBytes(), open: run.progress().messages.open };
  };
  const early = at(FROM);
  const late = at(TO);
  return [{ figure: 'open message', value: (late.bytes - early.bytes) / (late.open - early.open), unit: 'bytes' }];
}
