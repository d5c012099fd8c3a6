import { describe, expect, it } from 'vitest';
import * as records from '../../models/records.ts';
import { judgeOf, builtInObservers } from '../../reports/results.ts';
import { createWorld, restoreWorld, Simulation } from '../../sim/kernel/simulation.ts';
import { declareWorld, type Trace } from './trace.ts';

const hash = { name: 'none', sha256: (bytes: Uint8Array): Uint8Array => bytes.slice(0, 32) };
const parts = { hash, records: records.records, behaviours: [], observers: builtInObservers };

describe('observers in a simulation', () => {
  it('subscribe to declared records, and go on from a snapshot', () => {
    const world = createWorld('7');
    for (const observer of builtInObservers) Simulation.observe(world, observer);
    const simulation = new Simulation(world, parts);
    declareWorld(simulation as unknown as Trace);
    const message = { message: 0, traffic: 0, number: 1, lane: 0, chain: 0, transaction: 0, amount: 0n, asset: '' };
    simulation.record(records.messageRequested, message);
    const restored = restoreWorld(simulation.snapshot());
    new Simulation(restored, parts).record(records.runEnded, { reason: 'resolved' });
    expect(judgeOf(restored.observers).finished).toMatchObject([{ message: 't/1', outcome: 'requested' }]);
  });
});
