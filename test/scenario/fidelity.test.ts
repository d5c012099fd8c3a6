/** `fidelity` of a chain: where it stands, and what it cannot express. */
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import { startRun } from '../../sim/run/run.ts';
import { BASE, changed, problemsOf } from '../support/scenarios.ts';

const QUORUM = changed('consensus: { kind: bft }', 'consensus: { kind: bft }\n    fidelity: quorum');
const twin = (text: string): string => text.replace('net.partition', 'bft.twin');

describe('scenario: fidelity', () => {
  it('is votes unless said, and reaches the consensus', () => {
    const fidelityOf = (text: string) => loadScenario(text).scenario.chains['hub']?.consensus;
    expect(fidelityOf(BASE)).toMatchObject({ kind: 'bft', fidelity: 'votes' });
    expect(fidelityOf(QUORUM)).toMatchObject({ kind: 'bft', fidelity: 'quorum' });
  });

  it('quorum refuses twins, and says what takes them', () => {
    expect(problemsOf(twin(BASE))).toEqual([]);
    const problems = problemsOf(twin(QUORUM));
    expect(problems.map(({ code, path }) => [code, path])).toEqual([['E139', 'faults.split.kind']]);
    expect(problems[0]).toMatchObject({ line: expect.any(Number) as number, hint: 'fidelity: votes for chain hub' });
  });

  it('quorum is refused where nobody votes', () => {
    const text = changed('  pow:\n', '  pow:\n    fidelity: quorum\n');
    expect(problemsOf(text).map(({ code, path }) => [code, path])).toEqual([['E139', 'chains.pow.fidelity']]);
  });

  it('quorum delivers the same messages as votes, faults and light clients included', () => {
    const outcome = (text: string): unknown => {
      const run = startRun(loadScenario(text).scenario);
      const rows: string[] = [];
      run.simulation.addSink({
        onRecord: ({ time }, { name }, fields) => {
          if (name.startsWith('packet-') || name === 'block-decided')
            rows.push(`${time} ${name} ${String(fields['sequence'] ?? fields['height'])}`);
        },
      });
      while (run.advance(Number.MAX_SAFE_INTEGER));
      return rows.sort();
    };
    const votes = outcome(BASE);
    expect(outcome(QUORUM)).toEqual(votes);
    expect((votes as string[]).length).toBeGreaterThan(300);
  });
});
