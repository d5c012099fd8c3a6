/** Pauses of a lane by who holds its key. Expected outcomes: FAULTS 3.3, S17; LayerZero's and CCIP's path switches. */
import { describe, expect, it } from 'vitest';
import { laneWorld, SECOND } from '../support/lanes-by-hand.ts';

const LANE = '  a-b: { from: a, to: b, timeout: 60s, verifier: { kind: committee }, pause: { kind: key } }';
const rest = 'operators: { warden: { holds: [a-b] }, thief: {} }';

describe('pause of a lane', () => {
  it('stops each end by its own switch -> lane-paused, and lets it go on', () => {
    const world = laneWorld(LANE, { rest });
    const packet = world.send();
    expect(world.call('a', 'pause-lane', { lane: 0 }, 'operator/warden')).toBe('done');
    expect(() => world.send()).toThrow('lane-paused');
    expect(world.receive(packet)).toBe('done');
    expect(world.call('a', 'resume-lane', { lane: 0 }, 'operator/warden')).toBe('done');
    const next = world.send();
    expect(world.call('b', 'pause-lane', { lane: 0 }, 'operator/warden')).toBe('done');
    expect(world.receive(next)).toBe('lane-paused');
    expect(world.call('b', 'resume-lane', { lane: 0 }, 'operator/warden')).toBe('done');
    expect(world.receive(next)).toBe('done');
    expect(world.found()).toEqual([]);
  });

  it('destroys no value: acknowledgements and timeouts pass', () => {
    const world = laneWorld(LANE, { rest });
    const [first, second] = [world.send(), world.send()];
    world.receive(first);
    for (const chain of ['a', 'b']) world.call(chain, 'pause-lane', { lane: 0 }, 'operator/warden');
    expect(world.acknowledge(first)).toBe('done');
    world.until(100);
    expect(world.timeOut(second, { chainUs: 100 * SECOND })).toBe('done');
    expect(world.found()).toEqual([]);
  });

  it.each([
    ['who does not hold the key', 'a', 'operator/thief', 'not-the-key-holder'],
    ['a user', 'b', 'somebody', 'not-the-key-holder'],
    ['the holder on a chain that the lane does not touch', 'c', 'operator/warden', 'wrong-chain'],
  ])('is refused to %s', (_who, chain, account, reason) => {
    const world = laneWorld(LANE, { rest, chains: 'a b c' });
    expect(world.call(chain, 'pause-lane', { lane: 0 }, account)).toBe(reason);
    expect(world.seen.filter(({ name }) => name === 'lane-paused')).toEqual([]);
  });

  it('is not there on a lane without -> no-pause, even for its holder', () => {
    const world = laneWorld(LANE.replace(', pause: { kind: key }', ''), { rest });
    expect(world.call('a', 'pause-lane', { lane: 0 }, 'operator/warden')).toBe('no-pause');
  });

  it('twice is once', () => {
    const world = laneWorld(LANE, { rest });
    for (let i = 0; i < 2; i++) world.call('a', 'pause-lane', { lane: 0 }, 'operator/warden');
    expect(world.seen.filter(({ name }) => name === 'lane-paused')).toHaveLength(1);
  });
});
