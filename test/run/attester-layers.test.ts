/** The four layers of attesters: each fails alone, or with those of others by a cause that they have in common. */
import { describe, expect, it } from 'vitest';
import { type KeptRun, runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const world = (parts: { verifier: string; causes?: string; faults?: string; assume?: string }): string => `
l0sim: 1
name: layers
horizon: 3min
drain: 20min
synchrony: { model: partial, gst: 0s, delta: 1s }
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, verifier: ${parts.verifier}, timeout: 10min } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 10s }, amount: 2 A } }
${parts.causes === undefined ? '' : `causes: ${parts.causes}`}
${parts.faults === undefined ? '' : `faults: ${parts.faults}`}
${parts.assume === undefined ? '' : `assume: ${parts.assume}`}
`;

const TWO_OF_THREE = '{ kind: committee, members: 3, threshold: 2 }';
const lie = (target: string): string =>
  `{ lie: { kind: data.lie, target: { ${target} }, when: { at: 1min, for: 10s }, with: { amount: 9 A } } }`;
const steal = (target: string): string =>
  `{ theft: { kind: keys.steal, target: { ${target} }, when: { at: 1min, for: 10s }, with: { amount: 9 A } } }`;

function forged(text: string): boolean {
  return runText(text).found.has('no-forgery');
}

/** Times at which packets were signed and received between two instants, in whole seconds. */
function between(run: KeptRun, name: string, fromS: number, untilS: number): number {
  return run.of(name).filter(({ atUs }) => atUs >= fromS * 1e6 && atUs < untilS * 1e6).length;
}

describe('data source', () => {
  it.each([
    ['one provider of two members of two that are needed', '{ p: { kind: rpc-provider, of: { a-b: 0..1 } } }', true],
    ['one provider of one member', '{ p: { kind: rpc-provider, of: { a-b: 0 } } }', false],
    [
      'one of two providers, both of which must agree',
      '{ p: { kind: rpc-provider, of: { a-b: all } }, q: { kind: rpc-provider, of: { a-b: all } } }',
      false,
    ],
  ])('lies through %s -> forged %s', (_name, causes, isForged) => {
    expect(forged(world({ verifier: TWO_OF_THREE, causes, faults: lie('causes: [p]') }))).toBe(isForged);
  });

  it('lies through one of two providers where one is enough, and through both where both must agree -> forged', () => {
    const causes = '{ p: { kind: rpc-provider, of: { a-b: all } }, q: { kind: rpc-provider, of: { a-b: all } } }';
    const either = '{ kind: committee, members: 3, threshold: 2, providers-agree: 1 }';
    expect(forged(world({ verifier: either, causes, faults: lie('causes: [p]') }))).toBe(true);
    expect(forged(world({ verifier: TWO_OF_THREE, causes, faults: lie('causes: [p, q]') }))).toBe(true);
  });

  it('counts as lying only who is deceived', () => {
    const causes = '{ p: { kind: rpc-provider, of: { a-b: 0..1 } }, q: { kind: rpc-provider, of: { a-b: 1 } } }';
    const run = runText(world({ verifier: TWO_OF_THREE, causes, faults: lie('causes: [p]') }));
    expect(run.of('source-turned').map(({ fields }) => [fields['attester'], fields['isLying']])).toEqual([
      [0, true],
      [0, false],
    ]);
  });

  it('is silent where its provider is, and reads what it missed when that answers again', () => {
    const causes = '{ p: { kind: rpc-provider, of: { a-b: 0..1 } } }';
    const faults = '{ out: { kind: node.crash, target: { causes: [p] }, when: { at: 1min, for: 1min } } }';
    const run = runText(world({ verifier: TWO_OF_THREE, causes, faults }));
    expect(between(run, 'attestation-reached', 62, 120)).toBe(0);
    expect(run.of('packet-received')).toHaveLength(18);
    expect([...run.found]).toEqual([]);
  });

  it('goes on through the rest where enough of them still agree, and not where one must and is out', () => {
    const causes = '{ p: { kind: rpc-provider, of: { a-b: all } }, q: { kind: rpc-provider, of: { a-b: all } } }';
    const faults = '{ out: { kind: node.crash, target: { causes: [p] }, when: { at: 1min, for: 1min } } }';
    const one = '{ kind: committee, members: 3, threshold: 2, providers-agree: 1 }';
    const received = [one, TWO_OF_THREE].map((verifier) =>
      between(runText(world({ verifier, causes, faults })), 'packet-received', 70, 120),
    );
    expect(received[0]).toBeGreaterThan(3);
    expect(received[1]).toBe(0);
  });
});

describe('key', () => {
  const vault = '{ vault: { kind: custodian, of: { a-b: 0..1 } } }';

  it('is stolen with others from one custodian -> forged, while all processes are honest', () => {
    expect(forged(world({ verifier: TWO_OF_THREE, causes: vault, faults: steal('causes: [vault]') }))).toBe(true);
    expect(forged(world({ verifier: TWO_OF_THREE, causes: vault, faults: steal('committee: a-b, members: 2') }))).toBe(
      false,
    );
  });

  it('signs for the thief once, however many twins share it', () => {
    const verifier = '{ kind: committee, members: 3, threshold: 2, twins: [2] }';
    expect(forged(world({ verifier, faults: steal('committee: a-b, members: 2') }))).toBe(false);
  });

  it('breaks the assumption of an honest committee when it is stolen, and explains the forgery', () => {
    const assume = '[{ honest-committee: a-b, below: threshold }]';
    const { result } = runText(
      world({ verifier: TWO_OF_THREE, causes: vault, faults: steal('causes: [vault]'), assume }),
    );
    const broken = result.assumptions.filter(({ holds }) => !holds);
    expect(broken.map(({ assumption }) => assumption)).toEqual(['honest-committee']);
  });

  it('out of reach signs nothing, and all that was missed when it is back', () => {
    const faults = '{ out: { kind: node.crash, target: { causes: [vault] }, when: { at: 1min, for: 1min } } }';
    const run = runText(world({ verifier: TWO_OF_THREE, causes: vault, faults }));
    expect(between(run, 'attestation-reached', 61, 120)).toBe(0);
    expect(run.of('packet-received')).toHaveLength(18);
    expect([...run.found]).toEqual([]);
  });
});

describe('process', () => {
  it('stops with the cloud that it runs in, and goes on from its disk', () => {
    const causes = '{ cloud: { kind: cloud, of: { a-b: all } } }';
    const faults =
      '{ out: { kind: node.restart, target: { causes: [cloud] }, when: { at: 1min }, with: { down: 50s } } }';
    const run = runText(world({ verifier: TWO_OF_THREE, causes, faults }));
    expect(between(run, 'attestation-signed', 60, 110)).toBe(0);
    expect(run.of('packet-received')).toHaveLength(18);
    expect(run.of('layer-turned').map(({ fields }) => [fields['layer'], fields['isUp']])).toEqual([
      ...Array.from({ length: 3 }, () => ['process', false]),
      ...Array.from({ length: 3 }, () => ['process', true]),
    ]);
  });

  it('misreads with the software that it has in common with others -> forged', () => {
    const causes = '{ build: { kind: client-software, of: { a-b: 1..2 } } }';
    expect(forged(world({ verifier: TWO_OF_THREE, causes, faults: lie('causes: [build]') }))).toBe(true);
  });
});

describe('delegates', () => {
  const verifier = '{ kind: committee, members: 7, threshold: 5, delegates: { members: 0..2, threshold: 2 } }';

  it('sign, and the others on their word', () => {
    const run = runText(world({ verifier }));
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-received')).toHaveLength(18);
    const first = run.of('attestation-signed').filter(({ fields }) => fields['sequence'] === 1);
    const times = first.filter(({ fields }) => fields['claim'] === 'commitment').map(({ atUs }) => atUs);
    // Delegates sign 0.1 s after they read; the others hear of it 50 ms later, and take 0.1 s themselves.
    expect(times.map((time) => time - times[0]!)).toEqual([0, 0, 0, 150_000, 150_000, 150_000, 150_000]);
  });

  it('are all that must be lied to', () => {
    expect(forged(world({ verifier, faults: lie('committee: a-b, members: 0..1') }))).toBe(true);
    expect(forged(world({ verifier, faults: lie('committee: a-b, members: 1..6') }))).toBe(true);
    expect(forged(world({ verifier, faults: lie('committee: a-b, members: 2..6') }))).toBe(false);
  });
});

describe('causes in a scenario', () => {
  const problems = (verifier: string, causes: string, faults?: string): string[] =>
    problemsOf(world({ verifier, causes, ...(faults === undefined ? {} : { faults }) })).map(
      ({ code, path }) => `${code} ${path}`,
    );

  it.each([
    ['{ p: { kind: cloud, of: { a-c: all } } }', 'E130 causes.p.of.a-c'],
    ['{ p: { kind: cloud, of: { a-b: 3 } } }', 'E137 causes.p.of.a-b'],
    ['{ p: { kind: cloud, of: { a-b: all } }, q: { kind: cloud, of: { a-b: 1 } } }', 'E139 causes.q.of'],
    ['{ p: { kind: clod, of: { a-b: all } } }', 'E121 causes.p.kind'],
    ['{ p: { kind: cloud, node: 1, of: { a-b: all } } }', 'E120 causes.p.node'],
  ])('refuses %s -> %s', (causes, code) => {
    expect(problems(TWO_OF_THREE, causes)).toEqual([code]);
  });

  it('refuses more providers to agree than there are, and delegates who are none', () => {
    const more = '{ kind: committee, members: 3, threshold: 2, providers-agree: 2 }';
    expect(problems(more, '{ p: { kind: rpc-provider, of: { a-b: all } } }')).toEqual(['E133 lanes.a-b.verifier']);
    const delegates = (text: string) => `{ kind: committee, members: 3, threshold: 2, delegates: { ${text} } }`;
    const none = '{ p: { kind: cloud, of: {} } }';
    expect(problems(delegates('members: 2..3, threshold: 1'), none)).toEqual([
      'E137 lanes.a-b.verifier.delegates.members',
    ]);
    expect(problems(delegates('members: 0..1, threshold: 3'), none)).toEqual([
      'E133 lanes.a-b.verifier.delegates.threshold',
    ]);
  });

  it('refuses a lie through what nobody reads a chain through, and one on no lane', () => {
    const vault = '{ p: { kind: custodian, of: { a-b: all } } }';
    expect(problems(TWO_OF_THREE, vault, lie('causes: [p]'))).toEqual(['E137 faults.lie.target.causes']);
    const nobody = '{ p: { kind: rpc-provider, of: {} } }';
    expect(problems(TWO_OF_THREE, nobody, lie('causes: [p]'))).toEqual(['E137 faults.lie.target']);
  });
});
