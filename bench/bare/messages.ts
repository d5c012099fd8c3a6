/**
 * The bare loop of the message path: columns, a wheel and a switch. Two chains with 2 s blocks, one attester, one relayer that
 * batches; every step of a message is mixed into a digest and counted. No entities, contract state, fees, proofs or observers:
 * what the machine can do with the events and the steps alone.
 */
import { createMix, mixNumber } from '../../sim/base/mix.ts';
import { BareWheel } from './wheel.ts';

const BLOCK_US = 2_000_000;
const SIGN_US = 100_000;
const SUBMIT_US = 200_000;
const KIND = { arrive: 0, sourceBlock: 1, destinationBlock: 2, signed: 3, submitted: 4 } as const;
const KINDS = 8;
/** Steps: requested, sent, attested, executed, acknowledgement attested, acknowledged. */
const STEPS = 6;

export interface BareMessages {
  readonly events: number;
  readonly steps: number;
  readonly acknowledged: number;
}

/** Follows `count` messages, one a millisecond, to their acknowledgement. */
export function runBareMessages(count: number): BareMessages {
  const wheel = new BareWheel(2 * count + 64, 16_384, 10);
  const step = new Uint8Array(count);
  const times = new Float64Array(count * STEPS);
  const digest = createMix();
  const pools: [number[], number[]] = [[], []];
  let events = 0;
  let acknowledged = 0;
  let steps = 0;
  const advance = (message: number): void => {
    const to = step[message] as number;
    times[message * STEPS + to] = wheel.time;
    step[message] = to + 1;
    mixNumber(digest, message);
    mixNumber(digest, to);
    mixNumber(digest, wheel.time);
    steps++;
  };
  /** A block takes all that waits; what it ran is signed for the other side, or is at its end. */
  const block = (side: 0 | 1): void => {
    for (const message of pools[side]) {
      advance(message);
      if (step[message] === STEPS) acknowledged++;
      else wheel.push(wheel.time + SIGN_US, message * KINDS + KIND.signed);
    }
    pools[side] = [];
    const kind = side === 0 ? KIND.sourceBlock : KIND.destinationBlock;
    if (acknowledged < count) wheel.push(wheel.time + BLOCK_US, kind);
  };
  wheel.push(BLOCK_US, KIND.sourceBlock);
  wheel.push(BLOCK_US, KIND.destinationBlock);
  wheel.push(1_000, KIND.arrive);
  while (acknowledged < count) {
    wheel.pop();
    events++;
    mixNumber(digest, wheel.time);
    mixNumber(digest, wheel.target);
    const message = Math.floor(wheel.target / KINDS);
    switch (wheel.target % KINDS) {
      case KIND.arrive:
        advance(message);
        pools[0].push(message);
        if (message + 1 < count) wheel.push(wheel.time + 1_000, (message + 1) * KINDS + KIND.arrive);
        break;
      case KIND.sourceBlock:
        block(0);
        break;
      case KIND.destinationBlock:
        block(1);
        break;
      case KIND.signed:
        advance(message);
        wheel.push(wheel.time + SUBMIT_US, message * KINDS + KIND.submitted);
        break;
      case KIND.submitted:
        // Odd steps are behind: after the first attestation the destination runs it, after the second the source.
        pools[step[message] === 3 ? 1 : 0].push(message);
        break;
    }
  }
  return { events, steps, acknowledged };
}
