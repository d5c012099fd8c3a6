import { describe, expect, it } from 'vitest';
import * as records from '../../models/records.ts';
import { assumptions } from '../../reports/observers/assumptions.ts';
import { assumptionRows, participantRows } from '../../reports/results.ts';
import { declareWorld, SECOND, Trace } from './trace.ts';

const KINDS = ['byzantine', 'synchrony', 'reorg', 'honest-relayers', 'lying-sources'];

function world(kind: string, subject: number, subjectName: string, numerator: number, denominator: number): Trace {
  const trace = new Trace();
  declareWorld(trace, { committee: true, relayers: 2, gstUs: 0 });
  const limit = { limitNumerator: numerator, limitDenominator: denominator };
  trace.record(records.assumptionDeclared, { assumption: 0, kind, subject, subjectName, ...limit });
  trace.record(records.faultDeclared, { fault: 0, name: 'f1', kind: 'any' });
  trace.record(records.faultDeclared, { fault: 1, name: 'f2', kind: 'any' });
  return trace;
}

function rowsOf(trace: Trace): unknown[] {
  trace.at(100 * SECOND).record(records.runEnded, { reason: 'resolved' });
  return assumptionRows(trace.assumptions).map(({ holds, measured, fromUs, untilUs, faults }) => {
    return [holds, measured, fromUs / SECOND, untilUs / SECOND, faults];
  });
}

function turn(trace: Trace, at: number, node: number, isByzantine: boolean, fault: number): void {
  trace.at(at * SECOND).record(records.validatorTurned, { chain: 0, node, power: 1, isByzantine, fault });
}

describe('assumptions', () => {
  it('byzantine: hold strictly below the limit, not at it -> broken while 2 of 4 against 1/2', () => {
    const trace = world('byzantine', 0, 'a', 1, 2);
    turn(trace, 10, 0, true, 0);
    turn(trace, 20, 1, true, 1);
    turn(trace, 30, 1, false, 1);
    expect(rowsOf(trace)).toEqual([
      [true, '1/4', 0, 20, ''],
      [false, '2/4', 20, 30, 'f1 f2'],
      [true, '1/4', 30, 100, ''],
    ]);
  });

  it('synchrony: late envelopes within delta of each other are one breach, a lost one the worst', () => {
    const trace = world('synchrony', -1, '', 1, 1);
    const late = (at: number, delayUs: number): void => {
      trace.at(at * SECOND).record(records.envelopeLate, { network: 0, from: 0, to: 1, delayUs, fault: 0 });
    };
    late(10, 5 * SECOND);
    late(11, -1);
    late(40, 3 * SECOND);
    expect(rowsOf(trace)).toEqual([
      [true, '0', 0, 10, ''],
      [false, 'lost', 10, 11, 'f1'],
      [true, '0', 11, 40, ''],
      [false, '3000000', 40, 40, 'f1'],
      [true, '0', 40, 100, ''],
    ]);
  });

  it('reorg: at most k blocks undone at once', () => {
    const trace = world('reorg', 0, 'a', 2, 1);
    // The judge would refuse to undo blocks that it never saw, so only the assumptions are told.
    const move = (at: number, undone: number[]): void => {
      const fold = assumptions.on['head-moved'] as (state: unknown, fields: unknown, place: unknown) => void;
      const fields = { chain: 0, head: 9, height: 9, undone, applied: [] };
      fold(trace.assumptions, fields, { index: 0, time: at * SECOND, event: 1, cause: 0 });
    };
    move(10, [2, 1]);
    move(20, [5, 4, 3]);
    expect(rowsOf(trace)).toEqual([
      [true, '2', 0, 20, ''],
      [false, '3', 20, 20, ''],
      [true, '0', 20, 100, ''],
    ]);
  });

  it('honest-relayers: count those that serve the lane', () => {
    const trace = world('honest-relayers', 0, 'a-b', 1, 1);
    const serve = (at: number, relayer: number, isServing: boolean): void => {
      trace.at(at * SECOND).record(records.relayerTurned, { relayer, isServing, fault: relayer });
    };
    serve(10, 0, false);
    serve(20, 1, false);
    serve(30, 0, true);
    expect(rowsOf(trace)).toEqual([
      [true, '1', 0, 20, ''],
      [false, '0', 20, 30, 'f1 f2'],
      [true, '1', 30, 100, ''],
    ]);
  });

  it('lying-sources: twins of a member count once, and the threshold is broken at it', () => {
    const trace = world('lying-sources', 0, 'c', 2, 1);
    trace.record(records.attesterDeclared, { attester: 3, name: 'm0-twin', committee: 0, member: 0, key: 100 });
    const lie = (at: number, attester: number, isLying: boolean): void => {
      trace.at(at * SECOND).record(records.sourceTurned, { committee: 0, attester, isLying, fault: 0 });
    };
    lie(10, 0, true);
    lie(20, 3, true);
    lie(30, 1, true);
    expect(rowsOf(trace)).toEqual([
      [true, '1', 0, 30, ''],
      [false, '2', 30, 100, 'f1'],
    ]);
  });

  it('know every kind', () => {
    for (const kind of KINDS) expect(rowsOf(world(kind, -1, '', 1, 1)).length).toBeGreaterThan(0);
  });
});

describe('participants', () => {
  it('count votes, proposals, time down and time Byzantine', () => {
    const trace = new Trace();
    declareWorld(trace);
    trace.at(SECOND).record(records.nodeCrashed, { chain: 0, node: 1, fault: 0 });
    trace.at(3 * SECOND).record(records.nodeRestarted, { chain: 0, node: 1, fault: 0 });
    const vote = { chain: 0, node: 1, key: 1, height: 1, round: 0, step: 'prevote', block: 1 };
    trace.record(records.voteCast, vote).record(records.voteCast, { ...vote, step: 'precommit' });
    trace.record(records.evidenceFound, { chain: 0, node: 0, key: 1, height: 1, round: 0, step: 'prevote' });
    trace.record(records.validatorTurned, { chain: 0, node: 1, power: 1, isByzantine: true, fault: 0 });
    trace.at(10 * SECOND).record(records.runEnded, { reason: 'resolved' });
    const row = participantRows(trace.judge).find((each) => each.participant === 'a/1');
    expect(row).toMatchObject({ votes: 2, evidence: 1, downUs: 2 * SECOND, byzantineUs: 7 * SECOND, stake: 1 });
  });
});
