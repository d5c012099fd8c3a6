/** Voting power that changes by plan, and light clients that follow it. */
import { describe, expect, it } from 'vitest';
import { startRun } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { BASE, problemsOf } from '../support/scenarios.ts';

const change = (at: number, validator: number, power: number): string =>
  `{ at: ${at}s, validator: ${validator}, power: ${power} }`;

/** Eight validators, of whom the first four hold all power; block time 6 s. `staking` stands as it is given. */
function scenario(changes: readonly string[], fidelity = 'votes'): string {
  const staking = changes.length === 0 ? '' : `    staking: { changes: [${changes.join(', ')}] }\n`;
  return `l0sim: 1
name: staking
seed: "7"
horizon: 10min
chains:
  hub:
    consensus: { kind: bft }
    fidelity: ${fidelity}
    validators: [10, 10, 10, 10, 0, 0, 0, 0]
    block: 6s
    asset: { name: ATOM, decimals: 6 }
    network: { latency: { kind: uniform, min: 50ms, max: 250ms } }
${staking}  far: { consensus: { kind: parametric }, block: 5s, asset: { name: FAR, decimals: 6 } }
lanes:
  out:
    from: hub
    to: far
    verifier: { kind: light-client, trusting-period: 14d }
    timeout: 30min
relayers:
  r1: { lanes: [out], strategy: { kind: racing } }
traffic:
  t: { application: token-transfer, lane: out, arrivals: { kind: periodic, every: 290s }, amount: 1 ATOM }
`;
}

interface Row {
  readonly at: number;
  readonly [field: string]: unknown;
}

function run(text: string): (name: string) => Row[] {
  const { simulation, advance } = startRun(loadScenario(text).scenario);
  const rows: (readonly [string, Row])[] = [];
  simulation.addSink({
    onRecord: ({ time }, { name }, fields) => void rows.push([name, { ...fields, at: time }]),
  });
  while (advance(Number.MAX_SAFE_INTEGER));
  return (name) => rows.filter(([kind]) => kind === name).map(([, row]) => row);
}

/** All four leave one by one for four others, a minute apart. */
const HANDED_OVER = [0, 1, 2, 3].flatMap((index) => [
  change(20 + 60 * index, index, 0),
  change(20 + 60 * index, index + 4, 10),
]);

describe('staking: powers that change by plan', () => {
  for (const fidelity of ['votes', 'quorum']) {
    it(`${fidelity}: counts from the second block after the change, for votes and for proposals`, () => {
      const records = run(scenario(HANDED_OVER, fidelity));
      const changes = records('validator-set-changed');
      expect(changes.map(({ node, power }) => [node, power])).toEqual([
        [0, 0], [4, 10], [1, 0], [5, 10], [2, 0], [6, 10], [3, 0], [7, 10],
      ]); // prettier-ignore
      const votes = records('vote-cast');
      const chain = changes[0]!['chain'];
      const blocks = records('block-produced').filter((block) => block['chain'] === chain);
      for (const { node, power, fromHeight, block } of changes) {
        const made = blocks.find((each) => each['block'] === block)!;
        expect(fromHeight).toBe((made['height'] as number) + 2);
        const voted = votes.filter((vote) => vote['node'] === node).map((vote) => vote['height'] as number);
        const proposed = blocks.filter(({ proposer }) => proposer === node).map(({ height }) => height as number);
        // @source cometbft state/execution.go, updateState: nNextVals of height + 2.
        if (power === 0) expect(Math.max(...voted)).toBe((fromHeight as number) - 1);
        else expect(Math.min(...voted)).toBe(fromHeight);
        if (power === 0) expect(Math.max(...proposed)).toBeLessThan(fromHeight as number);
        else expect(Math.min(...proposed)).toBeGreaterThanOrEqual(fromHeight as number);
      }
      expect(blocks.length).toBeGreaterThan(80);
    });
  }

  it('makes a light client bisect where it skips over too great a change, and only there', () => {
    const perTransaction = (changes: readonly string[]): number[] => {
      const records = run(scenario(changes));
      expect(records('packet-received').length).toBe(3);
      const byBlock = new Map<unknown, number>();
      // Chain 1 hosts the client that follows the chain whose validators change.
      for (const { block, chain } of records('client-updated')) {
        if (chain === 1) byBlock.set(block, (byBlock.get(block) ?? 0) + 1);
      }
      return [...byBlock.values()];
    };
    // The first message goes before any change reaches it, the second after all: none of whom it trusted votes any more.
    const [first, across, last] = perTransaction(HANDED_OVER.map((each) => each.replace('at: 20s', 'at: 30s')));
    expect(across).toBeGreaterThan(1);
    expect([first, last]).toEqual([1, 1]);
    expect(perTransaction([])).toEqual([1, 1, 1]);
    // One of four leaves: two thirds and more of the trusted power still sign, so one header is enough.
    expect(perTransaction([change(60, 3, 0)])).toEqual([1, 1, 1]);
  });

  it('counts a quorum of the power of the day: a quarter that is silent is half once others have left', () => {
    const fault = `faults:
  quiet: { kind: bft.silent, target: { chain: hub, validators: 0..0 }, when: { at: 30s, for: 9min } }
expect: { liveness: violated }

`;
    const heightWith = (changes: readonly string[]): number => {
      const { scenario: entry } = loadScenario(scenario(changes) + fault);
      const started = startRun(entry);
      let height = 0;
      started.simulation.addSink({
        onRecord: (_, { name }, fields) => {
          if (name === 'block-decided') height = Math.max(height, fields['height'] as number);
        },
      });
      while (started.advance(Number.MAX_SAFE_INTEGER));
      return height;
    };
    // A quarter of the power that is silent does not stop the chain; half of it does, once two others have left.
    expect(heightWith([])).toBeGreaterThan(60);
    expect(heightWith([change(120, 2, 0), change(120, 3, 0)])).toBeLessThan(30);
  });
});

describe('scenario: staking', () => {
  const hub = (more: string): string =>
    BASE.replace('validators: 4\n', `validators: 4\n    staking: { changes: [${more}] }\n`);
  it.each([
    ['nobody', change(1, 4, 1), 'E137 chains.hub.staking.changes.0.validator'],
    ['a time after the end', change(9_999, 1, 2), 'E139 chains.hub.staking.changes.0.at'],
    ['the last one leaving', [0, 1, 2, 3].map((v) => change(v, v, 0)).join(', '), 'E136 chains.hub.staking.changes'],
  ])('refuses %s', (_what, more, problem) => {
    expect(problemsOf(hub(more)).map(({ code, path }) => `${code} ${path}`)).toEqual([problem]);
  });

  it('is for chains that vote, and is not there unless given', () => {
    const text = BASE.replace(
      'validators: [3, 2, 1]\n',
      `validators: [3, 2, 1]\n    staking: { changes: [${change(1, 0, 1)}] }\n`,
    );
    expect(problemsOf(text).map(({ code, path }) => `${code} ${path}`)).toEqual(['E139 chains.pow.staking']);
    expect(loadScenario(BASE).scenario.chains['hub']).not.toHaveProperty('staking');
  });
});
