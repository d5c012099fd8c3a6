/**
 * A draw belongs to a thing: without one relayer, one delivery or one traffic every other service time, delay of a
 * transaction, poll, signing time, vote, arrival and amount is what it was. What is compared is what was scheduled.
 */
import { describe, expect, it } from 'vitest';
import type { AttesterState } from '../../models/attesters/attester.ts';
import { RELAYER_EVENT, type RelayerState } from '../../models/relayers/relayer.ts';
import { createRunParts } from '../../sim/run/parts.ts';
import { buildWorld } from '../../sim/run/build/world.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

const SECOND = 1_000_000;

const RELAYERS = {
  one: 'one: { lanes: [a-b, c-b], service: LAW, submit: LAW }',
  two: 'two: { lanes: [a-b, c-b], service: LAW, submit: LAW }',
  poller: 'poller: { lanes: [a-b], strategy: { kind: racing, poll: LAW }, service: LAW, submit: LAW }',
};
const TRAFFIC = {
  t: 't: { application: token-transfer, lane: a-b, arrivals: { kind: poisson, rate: 0.5/s }, amount: AMOUNT A }',
  u: 'u: { application: token-transfer, lane: c-b, arrivals: { kind: poisson, rate: 0.5/s }, amount: AMOUNT C }',
  v: 'v: { application: remote-call, lane: a-b, arrivals: { kind: poisson, rate: 0.2/s }, failure: 50% }',
};

function textOf(without: readonly string[], faults: string): string {
  const kept = (entries: Readonly<Record<string, string>>): string =>
    Object.entries(entries)
      .filter(([name]) => !without.includes(name))
      .map(([, text]) => `  ${text}`)
      .join('\n');
  return `
l0sim: 1
name: keyed-draws
seed: "11"
horizon: 90s
drain: 1s
proofs: modelled
chains:
  a: { consensus: { kind: bft }, validators: 4, asset: { name: A, decimals: 6 }, network: { latency: { kind: exponential, mean: 100ms }, loss: 1% } }
  b: { consensus: { kind: parametric }, block: { kind: exponential, mean: 2s }, asset: { name: B, decimals: 6 } }
  c: { consensus: { kind: parametric }, block: 3s, asset: { name: C, decimals: 6 } }
lanes:
  a-b: { from: a, to: b, timeout: 1h, verifier: { kind: committee, members: 3, threshold: 2, signing: LAW } }
  c-b: { from: c, to: b, timeout: 1h, verifier: { kind: committee, members: 3, threshold: 2, signing: LAW } }
relayers:
${kept(RELAYERS)}
traffic:
${kept(TRAFFIC)}
${faults}
`
    .replaceAll('LAW', '{ kind: exponential, mean: 1s }')
    .replaceAll(/AMOUNT (\w)/g, '{ kind: lognormal, median: 40 $1, sigma: 1.2 }');
}

/** Everything that was drawn, by the thing that it belongs to. */
function drawsOf(without: readonly string[] = [], faults = ''): Map<string, number | bigint> {
  const draws = new Map<string, number | bigint>();
  const note = (key: string, value: number | bigint): void => {
    // Of a thing that is done again the first time counts.
    if (!draws.has(key)) draws.set(key, value);
  };
  const { scenario } = loadScenario(textOf(without, faults));
  const names = Object.keys(scenario.traffic);
  const simulation = buildWorld(scenario, createRunParts([]), [
    {
      onRecord: ({ time }, { name }, fields) => {
        if (name !== 'message-requested') return;
        const message = `${names[fields['traffic'] as number]}/${String(fields['number'])}`;
        note(`arrival of ${message}`, time);
        note(`amount of ${message}`, fields['amount'] as bigint);
      },
    },
  ]);
  const schedule = simulation.schedule.bind(simulation);
  simulation.schedule = (cls, target, kind, at, a = 0, b = 0, payload) => {
    const entity = simulation.world.entities[target];
    const wait = at - simulation.now;
    if (entity?.kind === 'relayer') {
      const state = entity.state as RelayerState;
      if (kind === RELAYER_EVENT.served) note(`service of ${entity.name} for ${a}`, wait);
      else if (kind === RELAYER_EVENT.poll) note(`poll ${state.polls} of ${entity.name}`, wait);
      else if (kind === RELAYER_EVENT.submit)
        note(`submit of ${entity.name} for ${(payload as number[]).join()}`, wait);
    } else if (entity?.kind === 'attester' && cls === 'timer') {
      const { claim } = payload as { claim: { kind: string } };
      note(`signing of ${(entity.state as AttesterState).name} for ${b}/${a} ${claim.kind}`, wait);
    } else if (entity?.kind === 'bft-node' && kind <= 1 && cls === 'delivery') {
      note(`vote ${kind}/${a} from ${Math.floor(b / 4_294_967_296)} to ${entity.name}`, wait);
    }
    return schedule(cls, target, kind, at, a, b, payload);
  };
  for (let next = simulation.nextEventTime(); next !== undefined && next <= 90 * SECOND;) {
    simulation.step();
    next = simulation.nextEventTime();
  }
  return draws;
}

/** Names of what differs among what both runs drew, and how much was compared of each kind of thing. */
function compare(all: ReadonlyMap<string, number | bigint>, less: ReadonlyMap<string, number | bigint>) {
  const differs: string[] = [];
  const compared: Record<string, number> = {};
  for (const [key, value] of less) {
    const before = all.get(key);
    if (before === undefined) continue; // only the smaller run came to it
    const kind = key.split(' ')[0] as string;
    compared[kind] = (compared[kind] ?? 0) + 1;
    if (before !== value) differs.push(key);
  }
  return { differs, compared };
}

const all = drawsOf();

describe('draws belong to things', () => {
  it('and are many, and different', () => {
    for (const kind of ['service', 'submit', 'poll', 'signing', 'vote', 'arrival', 'amount']) {
      const own = [...all].filter(([key]) => key.startsWith(`${kind} `)).map(([, value]) => value);
      expect(own.length, kind).toBeGreaterThan(20);
      expect(new Set(own).size, kind).toBeGreaterThan(own.length / 2);
    }
  });

  it.each([
    ['one relayer', ['two'], ''],
    ['the other relayers', ['one', 'poller'], ''],
    // It takes up nothing for a while, so that others make deliveries that were its.
    [
      'some deliveries of one relayer',
      [],
      'faults: { rest: { kind: rel.stop, target: { relayer: two }, when: { at: 20s, for: 15s } } }',
    ],
    ['the traffic of another lane', ['u'], ''],
  ])('without %s every other is as it was', (_, without, faults) => {
    const { differs, compared } = compare(all, drawsOf(without, faults));
    expect(differs).toEqual([]);
    for (const kind of ['service', 'submit', 'signing', 'vote', 'arrival', 'amount']) {
      expect(compared[kind] ?? 0, kind).toBeGreaterThan(5);
    }
  });

  it('without a traffic of the same lane the messages of the others are as they were', () => {
    const { differs, compared } = compare(all, drawsOf(['v']));
    // Its packets have other sequences then: what belongs to a packet is of another packet.
    const ofPackets = /^(service|submit|signing) /;
    expect(differs.filter((key) => !ofPackets.test(key))).toEqual([]);
    expect(compared['arrival']).toBeGreaterThan(40);
    expect(compared['vote']).toBeGreaterThan(100);
  });
});
