/** A transaction may carry anything: each contract refuses what it cannot read, with a reason, and the chain goes on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePlain } from '../../sim/kernel/plain-data.ts';
import type { Packet } from '../../models/lanes/lane.ts';
import type { Call } from '../../models/chains/mempool.ts';
import { anything, flipBit, isSame, type Path, replacedAt, spoil, spoilt } from '../support/garbage.ts';
import {
  acknowledgeCall,
  factsOf,
  FORTUNE,
  holdings,
  type LaneWorld,
  laneWorld,
  type LaneWorldOptions,
  receiveCall,
  remoteCallCall,
  sendOne,
  timeOutCall,
  transferCall,
} from '../support/lane-world.ts';

const ACTIONS = [
  ...['receive', 'acknowledge', 'time-out', 'execute', 'open-step'],
  ...['skip-packet', 'nilify-packet', 'burn-packet', 'clear-packet', 'execute-packet'],
  ...[
    'transfer',
    'transfer-through',
    'transfer-and-call',
    'call',
    'reopen-lane',
    'pause-lane',
    'resume-lane',
    'set-limit',
  ],
  ...['update-client', 'submit-misbehaviour'],
];
const LATE = 1_000_000_000;

const worlds: [string, LaneWorldOptions][] = [
  ...(['hashed', 'modelled'] as const).flatMap((mode) =>
    (['committee', 'route'] as const).map((verifier): [string, LaneWorldOptions] => [
      `${mode}, ${verifier}`,
      { mode, verifier, lane: { timeoutUs: LATE } },
    ]),
  ),
  ['hashed, in two steps', { mode: 'hashed', verifier: 'committee', lane: { timeoutUs: LATE, ordering: 'lazy-gap' } }],
];

/** Runs calls one a block on one chain; the outcome of each. */
function outcome(test: LaneWorld, chain: LaneWorld['source'], call: Call): string {
  const { outcomes } = test.block(chain, 0, [call]);
  expect(outcomes.length).toBe(1);
  return outcomes[0] as string;
}

describe.each(worlds)('contracts: anything as arguments, %s', (_, options) => {
  it.each(ACTIONS)('always: %s refuses it with a reason', (action) => {
    const test = laneWorld(options);
    sendOne(test, 1);
    fc.assert(
      fc.property(anything, (given) => {
        for (const chain of [test.source, test.destination]) {
          expect(outcome(test, chain, { action, arguments: given })).toMatch(/^[a-z]+(-[a-z]+)+$/);
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

describe.each(worlds)('contracts: valid arguments with one place spoilt, %s', (_, options) => {
  /** What a spoilt place may still come to: the call is none of the rest. */
  const harmless = (path: Path): boolean => {
    const name = path.join('.');
    // Ghosts that no protocol reads, and the flag that only acknowledgements have.
    return name === 'evidence.block' || name === 'evidence.evidence.block' || name === 'isSuccess';
  };

  it('always: receive lets nothing through but what was sent', () => {
    const test = laneWorld(options);
    const packet = sendOne(test, 1);
    const call = receiveCall(test, packet);
    fc.assert(
      fc.property(spoil, (how) => {
        const { value, path } = spoilt(call.arguments, how);
        if (harmless(path) || isSame(value, call.arguments)) return;
        const made = test.block(test.destination, 0, [{ action: 'receive', arguments: value }]);
        expect(factsOf(made, 'packet-received'), path.join('.')).toEqual([]);
        expect(made.outcomes[0]).not.toBe('done');
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(holdings(test).receiver).toBe(0n);
    expect(test.block(test.destination, 0, [call]).outcomes).toEqual(['done']);
  });

  it('always: acknowledge and time-out pay nothing back but by proof of it', () => {
    const test = laneWorld(options);
    const packet = sendOne(test, 1);
    const point = { height: 9, chainUs: packet.timeoutUs };
    const calls = [acknowledgeCall(test, packet, false), timeOutCall(test, packet, point)];
    fc.assert(
      fc.property(spoil, fc.nat(1), (how, which) => {
        const { action, arguments: valid } = calls[which] as Call;
        const { value, path } = spoilt(valid, how);
        // What is not `true` is the failure that was acknowledged; a timeout has no such flag.
        const isFlag = path.join('.') === 'isSuccess' && (action === 'time-out' || how.by !== true);
        if (path.join('.') === 'evidence.block' || isFlag || isSame(value, valid)) return;
        test.block(test.source, 0, [{ action, arguments: value }]);
        expect(holdings(test), path.join('.')).toMatchObject({ sender: FORTUNE - 500n, escrow: 500n });
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('always: transfer and call send what they were told or nothing', () => {
    const test = laneWorld(options);
    fc.assert(
      fc.property(spoil, fc.boolean(), (how, isTransfer) => {
        const call = isTransfer ? transferCall(0, 1n) : remoteCallCall(0, false);
        const { value } = spoilt(call.arguments, how);
        const made = test.block(test.source, 0, [{ action: call.action, arguments: value }]);
        const sent = factsOf(made, 'packet-committed').length;
        expect(made.outcomes[0] === 'done' ? sent : 1 - sent).toBe(1);
      }),
      { numRuns: 300, endOnFailure: true },
    );
    const { sender, escrow } = holdings(test);
    expect(sender + escrow).toBe(FORTUNE);
  });
});

function isEncodable(value: unknown): boolean {
  try {
    encodePlain(value);
    return true;
  } catch {
    return false;
  }
}

/** Bytes that committed members signed for a payload which no application wrote: keys were stolen, or a member colludes. */
describe.each(worlds)('contracts: a payload that is garbage and proven, %s', (_, options) => {
  it.each(['token-transfer', 'remote-call'])(
    'always: %s fails with payload-malformed and an error acknowledgement',
    (application) => {
      const test = laneWorld(options);
      let sequence = 0;
      const tried = fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc
          .record({
            bytes: fc.constant(encodePlain({ asset: 'TOK', amount: 5n, sender: 1, receiver: 'user' })),
            cut: fc.nat(60),
          })
          .map(({ bytes, cut }) => bytes.slice(0, cut)),
        anything.filter(isEncodable).map((value) => encodePlain(value)),
      );
      fc.assert(
        fc.property(tried, (value) => {
          const packet: Packet = Object.freeze({
            lane: 0,
            sequence: ++sequence,
            timeoutUs: 0,
            timeoutHeight: 0,
            application,
            value,
          });
          const made = test.block(test.destination, 0, [receiveCall(test, packet)]);
          const [received] = factsOf(made, 'packet-received');
          // A route that cannot read a packet has nowhere to send it.
          if (options.verifier === 'route' && received === undefined) {
            expect(made.outcomes).toEqual(['no-route']);
            return;
          }
          expect([made.outcomes, received?.['isExecuted'], received?.['reason']]).toEqual([
            ['done'],
            false,
            'payload-malformed',
          ]);
        }),
        { numRuns: 150, endOnFailure: true },
      );
    },
  );

  it.each(['', 'constructor', '__proto__', 'toString', 'nobody'])(
    'for an application named "%s" -> unknown-application',
    (application) => {
      const test = laneWorld(options);
      const packet: Packet = Object.freeze({
        lane: 0,
        sequence: 1,
        timeoutUs: 0,
        timeoutHeight: 0,
        application,
        value: new Uint8Array(0),
      });
      const made = test.block(test.destination, 0, [receiveCall(test, packet)]);
      if (options.verifier === 'route') expect(made.outcomes).toEqual(['no-route']);
      else
        expect(factsOf(made, 'packet-received')).toMatchObject([{ isExecuted: false, reason: 'unknown-application' }]);
    },
  );
});

describe.each(['hashed', 'modelled'] as const)('packet machine: one flipped bit, %s', (mode) => {
  const options: LaneWorldOptions = { mode, lane: { timeoutUs: LATE } };

  it('in any signature -> signature-invalid; in any field that is signed or committed to -> the reason of that field', () => {
    const test = laneWorld(options);
    const packet = sendOne(test, 1);
    const { arguments: valid } = receiveCall(test, packet);
    const tryWith = (path: Path, change: (old: never) => unknown): string =>
      outcome(test, test.destination, { action: 'receive', arguments: replacedAt(valid, path, change as never) });
    const signature = (valid as { evidence: { signatures: { signature: Uint8Array }[] } }).evidence.signatures[1]!
      .signature;
    for (let bit = 0; bit < signature.length * 8; bit++) {
      expect(tryWith(['evidence', 'signatures', 1, 'signature'], (old) => flipBit(old, bit))).toBe('signature-invalid');
    }
    for (let bit = 0; bit < packet.value.length * 8; bit++) {
      expect(tryWith(['packet', 'value'], (old) => flipBit(old, bit))).toBe('signature-invalid');
    }
    const cases: [Path, (old: never) => unknown, string][] = [
      [['packet', 'sequence'], (old: number) => old + 1, 'signature-invalid'],
      [['packet', 'timeoutUs'], (old: number) => old + 1, 'signature-invalid'],
      [['packet', 'timeoutUs'], () => 0, 'signature-invalid'],
      [['packet', 'timeoutHeight'], () => LATE, 'signature-invalid'],
      [['packet', 'application'], () => 'remote-call', 'signature-invalid'],
      [['packet', 'lane'], () => 1, 'unknown-lane'],
      [['packet', 'value'], () => new Uint8Array(0), 'signature-invalid'],
      [['evidence', 'height'], (old: number) => old + 1, 'signature-invalid'],
      [['evidence', 'chainUs'], (old: number) => old + 1, 'signature-invalid'],
      [['evidence', 'signatures', 0, 'member'], () => 2, 'signature-invalid'],
      [['evidence', 'signatures', 0, 'member'], () => 1, 'signature-invalid'],
      [['evidence', 'signatures'], (old: unknown[]) => [old[0], old[0]], 'duplicate-signer'],
      [['evidence', 'signatures', 0, 'member'], () => 3, 'unknown-signer'],
      [['evidence', 'signatures', 0, 'member'], () => -1, 'unknown-signer'],
      [['evidence', 'signatures'], (old: unknown[]) => old.slice(1), 'quorum-not-reached'],
      [['evidence', 'signatures'], () => [], 'quorum-not-reached'],
      [['evidence', 'height'], () => -1, 'evidence-malformed'],
      [['evidence'], () => null, 'evidence-malformed'],
      [['packet'], () => null, 'packet-malformed'],
      [['packet', 'sequence'], () => 0, 'packet-malformed'],
      [['packet', 'value'], () => 'text', 'packet-malformed'],
    ] as never;
    for (const [path, change, reason] of cases) expect([path, tryWith(path, change)]).toEqual([path, reason]);
    expect(outcome(test, test.destination, { action: 'receive', arguments: valid })).toBe('done');
  });

  it('in any byte of a packet at the source -> commitment-mismatch', () => {
    const test = laneWorld(options);
    const packet = sendOne(test, 1);
    const { arguments: valid } = acknowledgeCall(test, packet, false);
    const tryWith = (path: Path, change: (old: never) => unknown): string =>
      outcome(test, test.source, { action: 'acknowledge', arguments: replacedAt(valid, path, change as never) });
    for (let bit = 0; bit < packet.value.length * 8; bit++) {
      expect(tryWith(['packet', 'value'], (old) => flipBit(old, bit))).toBe('commitment-mismatch');
    }
    for (const field of ['timeoutUs', 'timeoutHeight']) {
      expect(tryWith(['packet', field], (old: number) => old + 1)).toBe('commitment-mismatch');
    }
    expect(tryWith(['packet', 'application'], () => 'remote-call')).toBe('commitment-mismatch');
  });
});
