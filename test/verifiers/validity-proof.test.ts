/** Validity proofs: how long a proven head takes to come, what folding shares, and what an outage of provers costs. */
import { describe, expect, it } from 'vitest';
import { resumeRun, simulate, startRun } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { type KeptRun, runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

/** Blocks of a at 10 s, of b every 500 ms; nothing on the way takes time but notices of 50 ms. */
const world = (parts: {
  verifier: string;
  more?: string;
  traffic?: string;
  lanes?: string;
  relay?: string;
  faults?: string;
  horizon?: string;
}): string => `
l0sim: 1
name: proven
horizon: ${parts.horizon ?? '10min'}
drain: 30min
synchrony: { model: partial, gst: 0s, delta: 1s }
chains:
  a: { consensus: { kind: parametric }, block: 10s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 500ms, asset: { name: B, decimals: 6 }, gas: { price: 1 } }
  ${parts.more ?? ''}
lanes:
  a-b:
    from: a
    to: b
    finality: { kind: depth, blocks: 2 }
    verifier: { kind: validity-proof, ${parts.verifier} }
    return-verifier: { kind: light-client }
    timeout: 0s
    acknowledge: false
  ${parts.lanes ?? ''}
relayers: { r: { lanes: [${parts.relay ?? 'a-b'}], wallet: { B: 1000000 } } }
traffic:
  t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 95s }, amount: 2 A }
  ${parts.traffic ?? ''}
faults: { ${parts.faults ?? ''} }
`;

const seconds = (us: number): number => us / 1e6;
const heads = (run: KeptRun): number[] => run.of('proof-accepted').map(({ fields }) => Number(fields['height']));

describe('validity-proof: time to a proven head', () => {
  it('is a full batch, its finality and its proof, to the block of the host', () => {
    const run = runText(world({ verifier: 'batch: { blocks: 6 }, proving: { fixed: 12s, per-block: 2s }' }));
    expect([...run.found]).toEqual([]);
    // Block 6 is made at 60 s and final with two on top, at 80 s; its proof takes 12 s + 6 x 2 s. The next block of b
    // after 104 s that hears of it (50 ms) is the one of 104.5 s; then one batch a minute.
    const made = run.of('proof-made').map(({ atUs }) => seconds(atUs));
    expect(made.slice(0, 3)).toEqual([104.05, 164.05, 224.05]);
    expect(
      run
        .of('proof-accepted')
        .map(({ atUs }) => seconds(atUs))
        .slice(0, 3),
    ).toEqual([104.5, 164.5, 224.5]);
    expect(heads(run).slice(0, 3)).toEqual([6, 12, 18]);
    const received = run.of('packet-received').map(({ atUs }) => seconds(atUs));
    // Sent at 0 s into block 1 and at 95 s into block 10: under heads 6 and 12. Half a second for the next block of b.
    expect(received.slice(0, 2)).toEqual([105, 165]);
  });

  it('is the wait of a batch by the clock where no count closes it', () => {
    const run = runText(world({ verifier: 'batch: { every: 45s }, proving: { fixed: 7s }' }));
    // Block 1 is final at 30 s; 45 s later, blocks 1 to 5 are (block 5 with 70 s); 7 s to prove.
    expect(seconds(run.of('proof-made')[0]!.atUs)).toBe(30.05 + 45 + 7);
    expect(heads(run)[0]).toBe(5);
    // The next batch begins with block 6, final at 80 s: to 125 s, when block 10 is.
    expect(seconds(run.of('proof-made')[1]!.atUs)).toBe(80.05 + 45 + 7);
    expect(heads(run)[1]).toBe(10);
  });

  it('is asked for by who waits, and by nobody else', () => {
    const run = runText(world({ verifier: 'proving: { fixed: 20s }' }));
    // Six sends in ten minutes, each in a block of its own.
    expect(run.of('packet-received')).toHaveLength(run.of('packet-committed').length);
    expect(run.of('proof-made')).toHaveLength(run.of('packet-committed').length);
    // Sent at 0 s and at 95 s, in blocks of 10 s and 100 s, final at 30 s and 120 s: asked for at once, and 20 s to prove.
    expect(
      run
        .of('proof-made')
        .slice(0, 2)
        .map(({ atUs }) => seconds(atUs)),
    ).toEqual([50.05, 140.05]);
  });

  it('gathers what is asked for meanwhile into one proof', () => {
    const run = runText(world({ verifier: 'batch: { on-demand: true, every: 3min }, proving: { fixed: 20s }' }));
    expect(run.of('proof-made').length).toBeLessThan(run.of('packet-committed').length);
    expect(run.of('packet-received')).toHaveLength(run.of('packet-committed').length);
  });

  it('serves both ways where nothing else is said: acknowledgements come back by proofs too', () => {
    const text = world({ verifier: 'proving: { fixed: 5s }' })
      .replace('return-verifier: { kind: light-client }', '')
      .replace('acknowledge: false', 'acknowledge: true')
      .replace('timeout: 0s', 'timeout: 10min');
    const run = runText(text);
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-acknowledged')).toHaveLength(run.of('packet-committed').length);
    expect(new Set(run.of('proof-accepted').map(({ fields }) => fields['chain'])).size).toBe(2);
  });
});

describe('validity-proof: folding', () => {
  const verifier = (count: number, name = ''): string =>
    `batch: { blocks: 3 }, proving: { fixed: 1s }, verification-gas: 230000, price: 2,
     aggregate: { count: ${count}, within: 5min, proving: 9s${name} }`;

  it('pays for one verification, whose gas its parts share', () => {
    const single = runText(world({ verifier: verifier(1) }));
    const folded = runText(world({ verifier: verifier(4) }));
    // 230 000 for the proof, and 22 100 to keep each root (EIP-2929: 20 000 + 2 100 for a fresh slot).
    const gasOf = (run: KeptRun): unknown => run.of('proof-accepted')[0]!.fields['gas'];
    expect([gasOf(single), gasOf(folded)]).toEqual([252_100, 318_400]);
    expect(Number(gasOf(folded)) / 4).toBe(79_600);
    // Each range is paid for on its own.
    const paid = folded.of('asset-moved').filter(({ fields }) => fields['why'] === 'proof');
    expect(paid.map(({ fields }) => fields['amount'])).toEqual(folded.of('proof-accepted').map(() => 2_000_000n));
  });

  it('waits for the last of its parts, and then folds', () => {
    const run = runText(world({ verifier: verifier(4) }));
    // Block 12 is final at 140 s; 1 s to prove and 9 s to fold; four heads at once, in one block of b.
    const first = run.of('proof-accepted').slice(0, 4);
    expect(first.map(({ fields, atUs }) => [fields['height'], seconds(atUs)])).toEqual([
      [3, 150.5],
      [6, 150.5],
      [9, 150.5],
      [12, 150.5],
    ]);
  });

  it('goes with what there is when the time is up', () => {
    const text = verifier(100).replace('5min', '65s');
    const run = runText(world({ verifier: text }));
    // Block 3 is final at 50 s, proven at 51 s: 65 s later the proofs of blocks 6 and 9 are there as well (81 s, 111 s).
    expect(
      run
        .of('proof-accepted')
        .slice(0, 3)
        .map(({ fields }) => fields['parts']),
    ).toEqual([3, 3, 3]);
    expect(seconds(run.of('proof-accepted')[0]!.atUs)).toBe(125.5);
  });

  it('takes together what clients of one host share a name for', () => {
    const name = ', with: shared';
    const run = runText(
      world({
        verifier: verifier(2, name),
        more: 'c: { consensus: { kind: parametric }, block: 10s, asset: { name: C, decimals: 6 } }',
        lanes: `c-b:
    from: c
    to: b
    finality: { kind: depth, blocks: 2 }
    verifier: { kind: validity-proof, ${verifier(2, name)} }
    return-verifier: { kind: light-client }
    timeout: 0s
    acknowledge: false`,
        relay: 'a-b, c-b',
        traffic: 'u: { application: token-transfer, lane: c-b, arrivals: { kind: periodic, every: 95s }, amount: 1 C }',
      }),
    );
    expect([...run.found]).toEqual([]);
    const [first, second] = run.of('proof-accepted');
    expect(first!.fields['client']).not.toBe(second!.fields['client']);
    expect([first!.atUs, first!.fields['parts']]).toEqual([second!.atUs, 2]);
    expect(run.of('packet-received')).toHaveLength(run.of('packet-committed').length);
  });
});

describe('validity-proof: provers', () => {
  it('work on as many proofs at once as there are machines', () => {
    const made = (count: number): number[] => {
      const verifier = `batch: { blocks: 3 }, proving: { fixed: 70s }, provers: { count: ${count} }`;
      return runText(world({ verifier }))
        .of('proof-made')
        .slice(0, 3)
        .map(({ atUs }) => seconds(atUs));
    };
    // Batches close at 50, 80 and 110 s. One machine takes them one after another, three at once.
    expect(made(1)).toEqual([120.05, 190.05, 260.05]);
    expect(made(3)).toEqual([120.05, 150.05, 180.05]);
  });

  it('break and are repaired: what they worked on is begun anew', () => {
    const breaks = 'provers: { breaks: { up: 60s, down: 100s } }';
    const run = runText(world({ verifier: `batch: { blocks: 3 }, proving: { fixed: 20s }, ${breaks}` }));
    // Closed at 50 s, begun, lost at 60 s; up again at 160 s, proven at 180 s with the second attempt.
    const [first] = run.of('proof-made');
    expect([seconds(first!.atUs), first!.fields['attempt'], first!.fields['height']]).toEqual([180, 2, 3]);
  });
});

describe('validity-proof: provers that a fault stops', () => {
  const text = (assume: string): string =>
    world({
      verifier: 'batch: { blocks: 3 }, proving: { fixed: 20s }, provers: { count: 2 }',
      faults: 'down: { kind: rel.stop, target: { provers: a-b }, when: { at: 60s, for: 40min } }',
      horizon: '5min',
    }).replace('drain: 30min', 'drain: 2h') + `assume: [${assume}]\n`;

  it('keep all that waits until they are back, and then catch up in order', () => {
    const run = runText(text('{ serving-provers: a-b, at-least: 1 }'));
    // Blocks 1 to 3 were proven at 70 s, had the machine not stopped at 60 s.
    const made = run.of('proof-made').map(({ atUs }) => seconds(atUs));
    expect(made[0]).toBe(2460 + 20);
    // Two machines prove the batches that piled up, two in each 20 s.
    expect(made.slice(0, 6)).toEqual([2480, 2480, 2500, 2500, 2520, 2520]);
    const accepted = heads(run);
    expect(accepted).toEqual([...accepted].sort((a, b) => a - b));
    expect(run.of('packet-received')).toHaveLength(run.of('packet-committed').length);
  });

  it('explain a message that comes too late, where somebody was to prove -> excusable by A7', () => {
    const { verdict } = runText(text('{ serving-provers: a-b, at-least: 1 }')).result.summary;
    expect(verdict.excusable.map(({ property }) => property)).toEqual(['resolution']);
    expect(verdict.excusable[0]!.assumptions.join()).toContain(
      'A7(a-b) broken 60s..: serving-provers 0, limit at least 1',
    );
  });

  it('are to be those of a lane that is proven', () => {
    const other = text('')
      .replace('target: { provers: a-b }', 'target: { provers: a-b }')
      .replace(/verifier: \{ kind: validity-proof.*\n/, 'verifier: { kind: light-client }\n');
    expect(problemsOf(other).map((each) => each.what)).toEqual(['nobody proves for that lane']);
  });
});

describe('validity-proof: whom it trusts', () => {
  const guarded = (parts: { key: string; faults?: string; assume?: string; lane?: string; more?: string }): string =>
    world({
      verifier: `batch: { blocks: 3 }, proving: { fixed: 2s }, key: { ${parts.key} }`,
      faults: parts.faults ?? '',
    }).replace('acknowledge: false', `acknowledge: false${parts.lane ?? ''}`) +
    `assume: [${parts.assume ?? ''}]\n${parts.more ?? ''}`;
  const theft = (members: string, at = '3min'): string =>
    `theft: { kind: keys.steal, target: { committee: a-b.guardians, members: ${members} }, when: { at: ${at} }, with: { amount: 7 A } }`;
  const A3 = '{ honest-committee: a-b.guardians, below: threshold }';

  it('takes a false root from guardians who lost their keys, once the timelock has passed', () => {
    const run = runText(
      guarded({ key: 'guardians: 5, threshold: 3, timelock: 2min', faults: theft('0..2'), assume: A3 }),
    );
    expect(run.found.has('no-forgery')).toBe(true);
    // Proposed at 3 min into the block of 180.5 s (that of 180 s is made at the same instant as the theft or before).
    const [proposed] = run.of('program-proposed');
    expect(seconds(proposed!.atUs)).toBeLessThanOrEqual(180.5);
    const forged = run.of('packet-received').find(({ fields }) => Number(fields['sequence']) >= 2 ** 31);
    expect(seconds(forged!.atUs - proposed!.atUs)).toBeGreaterThanOrEqual(120);
    expect(seconds(forged!.atUs - proposed!.atUs)).toBeLessThan(125);
    const excuse = run.result.summary.verdict.excusable.find(({ property }) => property === 'no-forgery');
    expect(excuse?.assumptions.join()).toContain(
      'A3(a-b.guardians) broken 180s..: honest-committee 3, limit below 3, by fault theft',
    );
  });

  it('takes none from fewer than must sign', () => {
    const run = runText(guarded({ key: 'guardians: 5, threshold: 3', faults: theft('0..1'), assume: A3 }));
    expect(run.found.has('no-forgery')).toBe(false);
    expect(run.of('program-proposed')).toHaveLength(0);
    expect(run.result.summary.verdict.lines.join()).toContain('AS EXPECTED');
  });

  it.each([
    ['timelock: 10min', false],
    ['timelock: 10s', true],
  ])('where the lane is paused five minutes after the theft, %s -> forged %s', (lock, isForged) => {
    const more = 'operators: { o: { holds: [a-b], acts: [{ at: 8min, do: pause, lane: a-b }] } }\n';
    const key = `guardians: 5, threshold: 3, ${lock}`;
    const run = runText(guarded({ key, faults: theft('0..2'), lane: '\n    pause: { kind: key }', more }));
    expect(run.found.has('no-forgery')).toBe(isForged);
  });

  it('takes a false root from a circuit with a declared defect, and A12 explains it', () => {
    const bug =
      'bug: { kind: bug.circuit, target: { lane: a-b }, when: { at: 3min, for: 1min }, with: { amount: 7 A } }';
    const text = (faults: string): string =>
      world({ verifier: 'batch: { blocks: 3 }, proving: { fixed: 2s }', faults }) +
      'assume: [{ sound-circuit: a-b }]\n';
    const run = runText(text(bug));
    expect(run.found.get('no-forgery')).toBe(1);
    const excuse = run.result.summary.verdict.excusable.find(({ property }) => property === 'no-forgery');
    expect(excuse?.assumptions.join()).toContain(
      'A12(a-b) broken 180s..: sound-circuit 1, limit below 1, by fault bug',
    );
    // The rest goes on: those who were sent are delivered, under roots that are true.
    expect(run.of('packet-received')).toHaveLength(run.of('packet-committed').length + 1);
    const sound = runText(text(''));
    expect([...sound.found]).toEqual([]);
    const false_ = sound.of('client-updated').filter(({ fields }) => fields['headerBlock'] === -1);
    expect(false_).toHaveLength(0);
  });

  it('is wary of defects on lanes where nothing is proven', () => {
    const bug = 'bug: { kind: bug.circuit, target: { lane: a-b }, when: { at: 3min }, with: { amount: 7 A } }';
    const text = world({ verifier: 'proving: { fixed: 1s }', faults: bug }).replace(
      /verifier: \{ kind: validity-proof.*\n/,
      'verifier: { kind: light-client }\n',
    );
    expect(problemsOf(text).map((each) => each.what)).toEqual(['nothing is proven to its destination']);
  });
});

describe('validity-proof: state', () => {
  it.each(['hashed', 'modelled'])(
    'survives snapshots in the middle of proofs, folds and a theft, proofs %s',
    (proofs) => {
      const text =
        world({
          verifier: `batch: { blocks: 2 }, proving: { fixed: 25s }, provers: { count: 2, breaks: { up: 70s, down: 30s } },
          aggregate: { count: 2, within: 1min, proving: 9s }, key: { guardians: 5, threshold: 3, timelock: 40s }`,
          faults:
            'theft: { kind: keys.steal, target: { committee: a-b.guardians, members: 0..2 }, when: { at: 2min }, with: { amount: 7 A } }',
          horizon: '4min',
        }).replace('drain: 30min', 'drain: 1min') + `proofs: ${proofs}\n`;
      const { scenario } = loadScenario(text, {});
      const whole = simulate(scenario);
      let run = startRun(scenario);
      while (run.advance(60)) run = resumeRun(scenario, run.simulation.snapshot());
      const result = run.finish();
      expect(result.violations.map(({ property }) => property)).toContain('no-forgery');
      expect(result.digest).toBe(whole.digest);
    },
  );
});

describe('validity-proof: clocks', () => {
  const proven = (verifier: string, clock = ''): KeptRun =>
    runText(
      world({ verifier: `batch: { blocks: 3 }, proving: { fixed: 2s }, ${verifier}` })
        .replace('block: 10s, asset', `block: 10s${clock}, asset`)
        .replace('block: 500ms', 'block: 5s'),
    );

  it('expire with the newest head, and take nothing from it any more', () => {
    // Heads of 30 s, 60 s and so on stand some 25 s later: the trust of 58 s in genesis is over before 60 s.
    expect(heads(proven('trusting-period: 58s')).at(0)).toBe(3);
    expect(heads(proven('trusting-period: 50s'))).toEqual([]);
  });

  it('refuse heads from the future beyond the drift', () => {
    const ahead = ', clock: { skew: 10min }';
    // Head 3 bears 30 s + 10 min and comes at 55 s; with a drift of 9 min it counts from 90 s on, brought again until then.
    const first = (drift: string): number =>
      seconds(proven(`clock-drift: ${drift}`, ahead).of('proof-accepted')[0]!.atUs);
    expect(first('30min')).toBe(55);
    expect(first('9min')).toBeGreaterThanOrEqual(90);
  });
});

describe('validity-proof: in a scenario', () => {
  it.each([
    ['batch: { on-demand: false }, proving: { fixed: 1s }', 'a batch that never closes'],
    ['batch: { on-demand: true, blocks: 3 }, proving: { fixed: 1s }', 'is not counted in blocks'],
    ['proving: { fixed: 1s }, price: 0.0000001', 'finer than the base unit of B'],
    ['batch: { blocks: 3 }', 'proving'],
    ['proving: { fixed: 1s }, trusting-period: 1000d', 'trusted for longer than its stake is bound'],
    ['proving: { fixed: 1s }, key: { guardians: 3, threshold: 4 }', 'more guardians must sign than there are'],
    ['proving: { fixed: 1s }, provers: { breaks: { up: 0s, down: 1s } }', 'no time passes until a machine turns'],
  ])('%s -> refused', (verifier, what) => {
    expect(
      problemsOf(world({ verifier }))
        .map((each) => each.what + each.path)
        .join(),
    ).toContain(what);
  });
});
