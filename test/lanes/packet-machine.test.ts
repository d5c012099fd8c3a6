import { describe, expect, it } from 'vitest';
import type { Packet } from '../../models/lanes/lane.ts';
import { PACKET_GAS } from '../../models/lanes/packet-calls.ts';
import { TRANSACTION_GAS } from '../../models/chains/execution.ts';
import {
  acknowledgeCall,
  factsOf,
  FORTUNE,
  GAS_PRICE,
  heightOf,
  holdings,
  type LaneWorld,
  laneWorld,
  packetsOf,
  receiveCall,
  remoteCallCall,
  sendOne,
  timeOutCall,
  transferCall,
} from '../support/lane-world.ts';

const SECOND = 1_000_000;
/** Time of the source block that sends. */
const SENT = 10 * SECOND;
/** IBC v2 counts timeouts in seconds; here microseconds decide. */
const TIMEOUT = 60 * SECOND;
const LATE = SENT + TIMEOUT;
const BLOCKS = 4;

/** Empty destination blocks up to a height, each a microsecond after the last. */
function growTo({ block, destination }: LaneWorld, height: number): void {
  while (heightOf(destination) < height) block(destination, 0);
}

function refusals(made: ReturnType<LaneWorld['block']>): unknown[] {
  return factsOf(made, 'packet-refused').map(({ action, reason }) => `${String(action)} ${String(reason)}`);
}

describe.each(['hashed', 'modelled'] as const)('packet machine: the boundary in time, %s', (mode) => {
  // @source IBC v2, ICS 4: receive wants now < timeout; timeout wants proof time >= timeout and no receipt.
  it.each([
    ['a second before', -SECOND, 'done', 'timeout-not-reached'],
    ['a microsecond before', -1, 'done', 'timeout-not-reached'],
    ['at the timeout', 0, 'timed-out', 'done'],
    ['a microsecond after', 1, 'timed-out', 'done'],
    ['a second after', SECOND, 'timed-out', 'done'],
  ])('%s: received or timed out, never both', (_, offset, received, timedOut) => {
    const first = laneWorld({ mode, lane: { timeoutUs: TIMEOUT } });
    const packet = sendOne(first, SENT);
    expect(packet.timeoutUs).toBe(LATE);
    expect(first.block(first.destination, LATE + offset, [receiveCall(first, packet)]).outcomes).toEqual([received]);

    const second = laneWorld({ mode, lane: { timeoutUs: TIMEOUT } });
    const other = sendOne(second, SENT);
    const call = timeOutCall(second, other, { height: 9, chainUs: LATE + offset });
    expect(second.block(second.source, SENT + 1, [call]).outcomes).toEqual([timedOut]);
  });
});

describe('packet machine: the boundary in height', () => {
  it.each([
    ['two blocks before', -2, 'done', 'timeout-not-reached'],
    ['one block before', -1, 'done', 'timeout-not-reached'],
    ['at the height', 0, 'timed-out', 'done'],
    ['one block after', 1, 'timed-out', 'done'],
  ])('%s: received or timed out, never both', (_, offset, received, timedOut) => {
    const test = laneWorld({ lane: { timeoutBlocks: BLOCKS } });
    const packet = sendOne(test, SENT);
    // The source has seen no destination header: its count begins at 0.
    expect([packet.timeoutUs, packet.timeoutHeight]).toEqual([0, BLOCKS]);
    growTo(test, BLOCKS + offset - 1);
    expect(test.block(test.destination, 0, [receiveCall(test, packet)]).outcomes).toEqual([received]);

    const other = sendOne(test, SENT + 1);
    const call = timeOutCall(test, other, { height: BLOCKS + offset, chainUs: 0 });
    expect(test.block(test.source, SENT + 2, [call]).outcomes).toEqual([timedOut]);
  });
});

describe('packet machine: a timeout in time and in height', () => {
  // Whichever comes first ends the packet's time.
  it.each([
    ['neither reached', LATE - 1, BLOCKS - 1, 'done', 'timeout-not-reached'],
    ['time alone', LATE, BLOCKS - 1, 'timed-out', 'done'],
    ['height alone', LATE - 1, BLOCKS, 'timed-out', 'done'],
    ['both', LATE, BLOCKS, 'timed-out', 'done'],
  ])('%s', (_, chainUs, height, received, timedOut) => {
    const test = laneWorld({ lane: { timeoutUs: TIMEOUT, timeoutBlocks: BLOCKS } });
    const packet = sendOne(test, SENT);
    growTo(test, height - 1);
    expect(test.block(test.destination, chainUs, [receiveCall(test, packet)]).outcomes).toEqual([received]);
    const fresh = laneWorld({ lane: { timeoutUs: TIMEOUT, timeoutBlocks: BLOCKS } });
    const other = sendOne(fresh, SENT);
    const call = timeOutCall(fresh, other, { height, chainUs });
    expect(fresh.block(fresh.source, SENT + 2, [call]).outcomes).toEqual([timedOut]);
  });

  it('without either a packet is received at any time and never times out -> timeout-not-reached', () => {
    const test = laneWorld();
    const packet = sendOne(test, SENT);
    const far = 1_000_000 * SECOND;
    const call = timeOutCall(test, packet, { height: 1_000_000, chainUs: far });
    expect(test.block(test.source, SENT + 1, [call]).outcomes).toEqual(['timeout-not-reached']);
    expect(test.block(test.destination, far, [receiveCall(test, packet)]).outcomes).toEqual(['done']);
  });
});

describe('packet machine: what is done twice', () => {
  it('a redundant delivery is a no-op that costs gas -> already-received', () => {
    const test = laneWorld({ lane: { timeoutUs: TIMEOUT } });
    const packet = sendOne(test, SENT);
    const call = receiveCall(test, packet);
    test.block(test.destination, SENT, [call]);
    const before = holdings(test);
    const again = test.block(test.destination, SENT + 1, [call]);
    expect(factsOf(again, 'packet-repeated')).toMatchObject([{ action: 'receive', reason: 'already-received' }]);
    expect([again.outcomes, again.gas]).toEqual([['done'], [TRANSACTION_GAS + PACKET_GAS.noop]]);
    expect(factsOf(again, 'transaction-included')[0]?.['fee']).toBe(
      GAS_PRICE * BigInt(TRANSACTION_GAS + PACKET_GAS.noop),
    );
    expect(holdings(test)).toEqual(before);
    // Also past the timeout, and with a proof of nothing: the receipt is asked first.
    const bare = { action: 'receive', arguments: { packet, evidence: null } };
    const late = test.block(test.destination, LATE + 1, [bare]);
    expect(factsOf(late, 'packet-repeated')).toMatchObject([{ reason: 'already-received' }]);
  });

  it('both in one transaction: the second is the no-op', () => {
    const test = laneWorld();
    const call = receiveCall(test, sendOne(test, SENT));
    const made = test.block(test.destination, SENT, [call, call]);
    expect(made.outcomes).toEqual(['done']);
    expect(factsOf(made, 'packet-received').length).toBe(1);
    expect(factsOf(made, 'packet-repeated').length).toBe(1);
    expect(holdings(test).receiver).toBe(500n);
  });

  it('a second acknowledgement finds nothing -> no-commitment', () => {
    const test = laneWorld();
    const packet = sendOne(test, SENT);
    test.block(test.destination, SENT, [receiveCall(test, packet)]);
    const call = acknowledgeCall(test, packet, true);
    expect(factsOf(test.block(test.source, SENT + 1, [call]), 'packet-acknowledged').length).toBe(1);
    const again = test.block(test.source, SENT + 2, [call]);
    expect(factsOf(again, 'packet-repeated')).toMatchObject([{ action: 'acknowledge', reason: 'no-commitment' }]);
    expect(holdings(test)).toEqual({ sender: FORTUNE - 500n, escrow: 500n, receiver: 500n });
  });

  it('a timeout after the timeout, and an acknowledgement after it, pay nothing back again -> no-commitment', () => {
    const test = laneWorld({ lane: { timeoutUs: TIMEOUT } });
    const packet = sendOne(test, SENT);
    const late = timeOutCall(test, packet, { height: 9, chainUs: LATE });
    test.block(test.source, SENT + 1, [late]);
    expect(holdings(test)).toEqual({ sender: FORTUNE, escrow: 0n, receiver: 0n });
    const again = test.block(test.source, SENT + 2, [late], [acknowledgeCall(test, packet, false)]);
    expect(factsOf(again, 'packet-repeated').map(({ action, reason }) => [action, reason])).toEqual([
      ['time-out', 'no-commitment'],
      ['acknowledge', 'no-commitment'],
    ]);
    expect(holdings(test)).toEqual({ sender: FORTUNE, escrow: 0n, receiver: 0n });
  });

  it('a receipt forgotten behind the watermark still refuses its sequence -> already-received', () => {
    const test = laneWorld();
    const packet = sendOne(test, SENT);
    const call = receiveCall(test, packet);
    test.block(test.destination, SENT, [call]);
    test.block(test.source, SENT + 1, [acknowledgeCall(test, packet, true)]);
    test.block(test.source, SENT + 2);
    const forgot = test.block(test.destination, SENT + 3);
    expect(factsOf(forgot, 'packet-settled').length).toBe(1);
    const again = test.block(test.destination, SENT + 4, [call]);
    expect(factsOf(again, 'packet-repeated')).toMatchObject([{ reason: 'already-received' }]);
  });
});

describe('packet machine: receive and time out against each other', () => {
  it('a packet that was timed out at the source is refused by the destination for its time -> timed-out', () => {
    const test = laneWorld({ lane: { timeoutUs: TIMEOUT } });
    const packet = sendOne(test, SENT);
    test.block(test.source, SENT + 1, [timeOutCall(test, packet, { height: 9, chainUs: LATE })]);
    const made = test.block(test.destination, LATE, [receiveCall(test, packet)]);
    expect([made.outcomes, refusals(made)]).toEqual([['timed-out'], ['receive timed-out']]);
    expect(holdings(test)).toEqual({ sender: FORTUNE, escrow: 0n, receiver: 0n });
  });

  it('a signature for absence is none for an acknowledgement, and the other way round -> signature-invalid', () => {
    const test = laneWorld({ lane: { timeoutUs: TIMEOUT } });
    const packet = sendOne(test, SENT);
    test.block(test.destination, SENT, [receiveCall(test, packet)]);
    const point = { height: 9, chainUs: LATE };
    const evidenceOf = (call: { readonly arguments: unknown }) => (call.arguments as { evidence: unknown }).evidence;
    const swap = (action: string, evidence: unknown) => ({ action, arguments: { packet, isSuccess: true, evidence } });
    const made = test.block(
      test.source,
      SENT + 1,
      [swap('time-out', evidenceOf(acknowledgeCall(test, packet, true, point)))],
      [swap('acknowledge', evidenceOf(timeOutCall(test, packet, point)))],
      // A success is not proven by the bytes of a failure.
      [swap('acknowledge', evidenceOf(acknowledgeCall(test, packet, false, point)))],
    );
    expect(made.outcomes).toEqual(['signature-invalid', 'signature-invalid', 'signature-invalid']);
  });
});

describe('packet machine: value', () => {
  it('is escrowed at send, minted at receive, and stays so at the success acknowledgement', () => {
    const test = laneWorld();
    const packet = sendOne(test, SENT, transferCall(0, 777n));
    expect(holdings(test)).toEqual({ sender: FORTUNE - 777n, escrow: 777n, receiver: 0n });
    test.block(test.destination, SENT, [receiveCall(test, packet)]);
    expect(holdings(test)).toEqual({ sender: FORTUNE - 777n, escrow: 777n, receiver: 777n });
    test.block(test.source, SENT + 1, [acknowledgeCall(test, packet, true)]);
    expect(holdings(test)).toEqual({ sender: FORTUNE - 777n, escrow: 777n, receiver: 777n });
  });

  it.each([1n, 777n, FORTUNE])('an error acknowledgement pays exactly %s back, once', (amount) => {
    const test = laneWorld({
      parts: (builtIn) => ({
        ...builtIn,
        // The destination of this lane lets nothing pass.
        limiters: {
          ...builtIn.limiters,
          closed: { summary: '', refuse: ({ chain }) => (chain.id === 1 ? 'limit' : undefined) },
        },
      }),
      lane: { limiter: 'closed' },
    });
    const packet = sendOne(test, SENT, transferCall(0, amount));
    const received = test.block(test.destination, SENT, [receiveCall(test, packet)]);
    expect(factsOf(received, 'packet-received')).toMatchObject([{ isExecuted: false, reason: 'limit' }]);
    expect(factsOf(received, 'acknowledgement-written')).toMatchObject([{ isSuccess: false }]);
    expect(holdings(test)).toEqual({ sender: FORTUNE - amount, escrow: amount, receiver: 0n });
    const closed = test.block(test.source, SENT + 1, [acknowledgeCall(test, packet, false)]);
    const refunds = factsOf(closed, 'asset-moved').filter(({ why }) => why === 'refund');
    expect(refunds.map(({ amount: back, sequence }) => [back, sequence])).toEqual([[amount, packet.sequence]]);
    expect(holdings(test)).toEqual({ sender: FORTUNE, escrow: 0n, receiver: 0n });
  });

  it('a call that fails leaves no effect, an error acknowledgement, and its gas', () => {
    const test = laneWorld();
    const packet = sendOne(test, SENT, remoteCallCall(0, true));
    const made = test.block(test.destination, SENT, [receiveCall(test, packet)]);
    expect(factsOf(made, 'packet-received')).toMatchObject([{ isExecuted: false, reason: 'call-reverted' }]);
    // Two signatures of 5,000 gas each, as the precompile ecrecover with its loop.
    expect(made.gas).toEqual([TRANSACTION_GAS + PACKET_GAS.receive + 2 * 5_000 + 50_000]);
    expect(test.block(test.source, SENT + 1, [acknowledgeCall(test, packet, false)]).outcomes).toEqual(['done']);
  });
});

describe('packet machine: what is refused at the source', () => {
  it('the packet above in-flight-max, until one has ended -> lane-full', () => {
    const test = laneWorld({ lane: { inFlightMax: 2, timeoutUs: TIMEOUT } });
    const made = test.block(
      test.source,
      SENT,
      [transferCall(0, 1n)],
      [transferCall(1, 1n)],
      [transferCall(2, 1n)],
      [transferCall(3, 1n)],
    );
    expect(made.outcomes).toEqual(['done', 'done', 'lane-full', 'lane-full']);
    expect(factsOf(made, 'message-rejected').map(({ message, reason }) => [message, reason])).toEqual([
      [2, 'lane-full'],
      [3, 'lane-full'],
    ]);
    // What was refused was not escrowed.
    expect(holdings(test).escrow).toBe(2n);
    const [first, second] = packetsOf(made) as [Packet, Packet];
    // Received is not yet ended: the commitment stands until the source knows.
    test.block(test.destination, SENT, [receiveCall(test, first)]);
    expect(test.block(test.source, SENT + 1, [transferCall(4, 1n)]).outcomes).toEqual(['lane-full']);
    test.block(test.source, SENT + 2, [acknowledgeCall(test, first, true)]);
    const after = test.block(test.source, SENT + 3, [transferCall(5, 1n)], [transferCall(6, 1n)]);
    expect(after.outcomes).toEqual(['done', 'lane-full']);
    // A timeout frees a place as well; sequences go on without a gap.
    test.block(test.source, SENT + 4, [timeOutCall(test, second, { height: 9, chainUs: LATE })]);
    const last = test.block(test.source, SENT + 5, [transferCall(7, 1n)]);
    expect(packetsOf(last).map(({ sequence }) => sequence)).toEqual([4]);
  });

  it('more than the sender has -> balance-too-low', () => {
    const test = laneWorld();
    const made = test.block(test.source, SENT, [transferCall(0, FORTUNE + 1n)], [transferCall(1, FORTUNE)]);
    expect(made.outcomes).toEqual(['balance-too-low', 'done']);
  });

  it('anything on a lane that is paused, at either end -> lane-paused', () => {
    const pausedOn = new Set<number>([0]);
    const test = laneWorld({
      parts: (builtIn) => ({
        ...builtIn,
        pauses: { shut: { summary: '', isPaused: ({ chain }) => pausedOn.has(chain.id) } },
      }),
      lane: { pause: 'shut' },
    });
    expect(test.block(test.source, SENT, [transferCall(0, 1n)]).outcomes).toEqual(['lane-paused']);
    pausedOn.clear();
    const packet = sendOne(test, SENT + 1, transferCall(1, 1n));
    pausedOn.add(1);
    const call = receiveCall(test, packet);
    expect(test.block(test.destination, SENT, [call]).outcomes).toEqual(['lane-paused']);
    pausedOn.clear();
    expect(test.block(test.destination, SENT + 1, [call]).outcomes).toEqual(['done']);
  });
});

describe('packet machine: on the wrong chain', () => {
  it('each relayed call is refused -> wrong-chain', () => {
    const test = laneWorld({ lane: { timeoutUs: TIMEOUT } });
    const packet = sendOne(test, SENT);
    expect(test.block(test.source, SENT + 1, [receiveCall(test, packet)]).outcomes).toEqual(['wrong-chain']);
    const made = test.block(
      test.destination,
      SENT,
      [acknowledgeCall(test, packet, true)],
      [timeOutCall(test, packet, { height: 9, chainUs: LATE })],
    );
    expect(made.outcomes).toEqual(['wrong-chain', 'wrong-chain']);
  });
});
