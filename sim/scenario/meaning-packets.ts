/** Which packet rules of a lane go together. */
import { checkFees } from './meaning-fees.ts';
import type { LaneEntry, Scenario } from './scenario.ts';
import { leavesOf, partsOf } from './verifier-tree.ts';
import { canTimeOut } from './resolve-lanes.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

/** Lanes that a proof looks through lead from one end to the other, are followed by light clients, and are built before. */
function checkWay(scenario: Scenario, id: string, key: 'verifier' | 'return-verifier', list: ProblemList): void {
  const lane = scenario.lanes[id] as LaneEntry;
  const entry = key === 'verifier' ? lane.verifier : lane.returnVerifier;
  const path: Path = ['lanes', id, key];
  if (partsOf(entry).some((part) => part.entry.kind === 'proof-chain')) {
    const expected = 'a verifier of its own';
    list.at(path, 'E139', 'a proof over several chains is no part of another', { expected, got: entry.kind });
  }
  if (entry.kind !== 'proof-chain') return;
  const names = Object.keys(scenario.lanes);
  const ends = [lane.from, lane.to];
  const first = scenario.lanes[entry.through[0] ?? ''];
  let at = first?.from ?? '';
  for (const [i, name] of entry.through.entries()) {
    const own: Path = [...path, 'through', i];
    const next = scenario.lanes[name];
    if (next === undefined) {
      return list.at(own, 'E130', `unknown lane ${name}`, { expected: `one of ${names.join(', ')}`, got: name });
    }
    if (next.from !== at) {
      const what = `${name} does not begin where the lane before it ends`;
      list.at(own, 'E139', what, { expected: `a lane from ${at}`, got: `from ${next.from}` });
    }
    if (next.verifier.kind !== 'light-client' || next.returnVerifier.kind !== 'light-client') {
      list.at(own, 'E139', `${name} has no light clients to look through`, {
        expected: 'light-client',
        got: next.verifier.kind,
      });
    }
    if (names.indexOf(name) >= names.indexOf(id)) {
      list.at(own, 'E139', `${name} is named after ${id}`, { expected: 'a lane above it', got: name });
    }
    at = next.to;
  }
  if (!ends.includes(first?.from ?? '') || !ends.includes(at) || first?.from === at) {
    const expected = `${lane.from} to ${lane.to}`;
    list.at([...path, 'through'], 'E139', 'the way does not join the ends', {
      expected,
      got: `${first?.from ?? ''} to ${at}`,
    });
  }
}

function textOf({ ordering, replay, refundAfter }: LaneEntry): Parameters<typeof canTimeOut>[0] {
  return { ordering: ordering as 'lazy-gap', replay, 'refund-after': refundAfter };
}

export function checkPacketRules(scenario: Scenario, id: string, list: ProblemList): void {
  const lane = scenario.lanes[id] as LaneEntry;
  checkWay(scenario, id, 'verifier', list);
  if (lane.verifier.kind !== 'proof-chain') checkWay(scenario, id, 'return-verifier', list);
  const { ordering, replay = 'receipt', failure = 'error-ack' } = lane;
  const at = (key: string, what: string, expected: string, got: string): void => {
    list.at(['lanes', id, key], 'E139', what, { expected, got });
  };
  if (!canTimeOut(textOf(lane)) && (lane.timeout > 0 || lane.timeoutBlocks > 0)) {
    const why = ordering === 'lazy-gap' ? 'what times out would stop all behind it' : `${replay} shows no absence`;
    at(lane.timeout > 0 ? 'timeout' : 'timeout-blocks', `${id} cannot time out: ${why}`, 'no timeout', 'a timeout');
  }
  if (replay === 'nonce' && ordering !== 'strict' && ordering !== 'lazy-gap') {
    at('replay', 'one number tells what was received only where an order is kept', 'strict or lazy-gap', ordering);
  }
  if (replay === 'hash' && ordering === 'lazy-gap') {
    at('replay', 'gaps are of sequences', 'receipt, nonce or bitmap', replay);
  }
  if (failure !== 'error-ack' && ordering !== 'unordered' && ordering !== 'lazy-gap') {
    at('failure', 'what is tried again would stand in the way of the order', 'unordered or lazy-gap', ordering);
  }
  checkLocks(lane, at);
  checkSecrets(lane, at);
  checkFees(scenario, id, list);
  if (lane.opening !== undefined) {
    const kinds = [lane.verifier.kind, lane.returnVerifier.kind];
    if (!kinds.every((kind) => kind === 'light-client' || kind === 'header-chain')) {
      at(
        'opening',
        'steps are proven to clients that follow headers',
        'light-client or header-chain',
        kinds.join(', '),
      );
    }
    if (!Object.values(scenario.relayers).some(({ lanes }) => lanes.includes(id))) {
      at('opening', 'nobody takes the steps', `a relayer of ${id}`, 'none');
    }
  }
  if (lane.manualAfter !== undefined && failure !== 'manual') {
    at('manual-after', 'nobody tries by hand on this lane', 'failure: manual', failure);
  }
}

/** A secret shows what was done and never what was not: only a lock of the sender's own gives back. */
function checkSecrets(
  { verifier, refundAfter }: LaneEntry,
  at: (key: string, what: string, expected: string, got: string) => void,
): void {
  for (const { entry } of leavesOf('', verifier)) {
    if (entry.kind !== 'hash-lock') continue;
    if (refundAfter === undefined) {
      at('refund-after', 'no secret shows that nothing was delivered', 'a time after which the sender has it back', '');
    } else if (entry.lock >= refundAfter) {
      const got = `${entry.lock / 1_000_000} s`;
      at('verifier', 'the sender could have the value back and take the leg as well', 'lock below refund-after', got);
    }
  }
}

/** Two locks: that of the destination first, then that of the source, and news of what was done in between. */
function checkLocks(
  { refundAfter, timeout, ordering, acknowledge }: LaneEntry,
  at: (key: string, what: string, expected: string, got: string) => void,
): void {
  if (refundAfter === undefined) return;
  if (timeout === 0 || timeout >= refundAfter) {
    at(
      'refund-after',
      'the sender could have the value back before the receiver is too late',
      'more than timeout',
      'less',
    );
  }
  if (!acknowledge) at('acknowledge', 'nobody would tell the source of a delivery', 'true', 'false');
  if (ordering !== 'unordered') at('ordering', 'locks keep no order', 'unordered', ordering);
}

/** Whether a packet that nobody can deliver would wait for ever, on a lane that promises an answer. */
export function needsTimeout(lane: LaneEntry): boolean {
  const { failure, acknowledge } = lane;
  if (!canTimeOut(textOf(lane))) return false;
  return acknowledge && (failure ?? 'error-ack') === 'error-ack';
}

/** What a payload may ask for. */
export function checkPayload(scenario: Scenario, id: string, list: ProblemList): void {
  const path: Path = ['traffic', id];
  const { application, failureLasts, call, route } = scenario.traffic[id] as Scenario['traffic'][string];
  if (call !== undefined && (application !== 'token-transfer' || route !== undefined)) {
    const got = route === undefined ? application : 'a route';
    list.at([...path, 'call'], 'E139', 'a call goes with a transfer over one lane', {
      expected: 'token-transfer',
      got,
    });
  }
  if (failureLasts !== undefined && application !== 'remote-call') {
    list.at([...path, 'failure-lasts'], 'E139', 'only calls fail for a time', {
      expected: 'remote-call',
      got: application,
    });
  }
}
