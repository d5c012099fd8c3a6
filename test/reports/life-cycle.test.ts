import { describe, expect, it } from 'vitest';
import * as records from '../../models/records.ts';
import { judgeOfMove, messageStates, states } from '../../reports/observers/states.ts';
import { drainFinished } from '../../reports/observers/judge.ts';
import { decodePlain, encodePlain } from '../../sim/kernel/plain-data.ts';
import { Chains, SECOND } from './trace.ts';

describe('life cycle of a message', () => {
  it('goes from request to acknowledgement, with fees and times -> one settled row', () => {
    const chains = new Chains();
    chains.carry(1, 500n);
    expect(chains.movesOf('t/1')).toEqual([
      '>requested',
      'requested>sent',
      'sent>final',
      'final>executed',
      'executed>ack-pending',
      'ack-pending>acknowledged',
    ]);
    const [row] = drainFinished(chains.judge);
    expect(row).toMatchObject({
      message: 't/1',
      outcome: 'acknowledged',
      isSettled: true,
      requestedUs: 0,
      sentUs: SECOND,
      finalUs: SECOND,
      executedUs: 2 * SECOND,
      endedUs: 3 * SECOND,
      totalUs: 3 * SECOND,
      sourceFeeBaseUnits: 13n,
      destinationFeeBaseUnits: 7n,
      gas: 300,
    });
    expect(chains.judge.messages.size).toBe(0);
    expect(chains.found()).toEqual([]);
  });

  it('waits for the depth of its lane -> final two blocks later', () => {
    const chains = new Chains({ sourceDepth: 2, settleDepth: 4 });
    chains.request(1);
    chains.trace.at(SECOND);
    chains.block(0, (block) => chains.commit(block, 1));
    chains.trace.at(2 * SECOND);
    chains.block(0);
    expect(chains.movesOf('t/1').at(-1)).toBe('requested>sent');
    chains.trace.at(3 * SECOND);
    chains.block(0);
    expect(chains.movesOf('t/1').at(-1)).toBe('sent>final');
  });

  it('is orphaned by a source reorg and sent again -> times of the second send', () => {
    const chains = new Chains({ sourceDepth: 1, settleDepth: 3 });
    chains.request(1);
    chains.trace.at(SECOND);
    chains.block(0, (block) => chains.commit(block, 1));
    chains.trace.at(2 * SECOND);
    chains.block(0, () => undefined, 0);
    expect(chains.movesOf('t/1').slice(2)).toEqual(['sent>orphaned:source-reorg']);
    chains.trace.at(3 * SECOND);
    chains.block(0, (block) => chains.commit(block, 1));
    chains.trace.at(4 * SECOND);
    chains.block(0);
    expect(chains.movesOf('t/1').slice(3)).toEqual(['orphaned>sent', 'sent>final']);
    const message = chains.judge.messages.get(1);
    expect(message?.timesUs.slice(0, 3)).toEqual([0, 3 * SECOND, 4 * SECOND]);
    expect(message?.sourceFee).toBe(10n);
  });

  it('moves back on a destination reorg and is executed again -> one execution, no finding', () => {
    const chains = new Chains({ settleDepth: 3 });
    chains.request(1, 5n);
    chains.trace.at(SECOND);
    chains.block(0, (block) => chains.commit(block, 1, 1, 5n));
    chains.trace.at(2 * SECOND);
    chains.block(1, (block) => {
      chains.receive(block, 1, 1, 5n);
      chains.written(block, 1);
    });
    chains.trace.at(3 * SECOND);
    chains.block(1, () => undefined, 0);
    expect(chains.movesOf('t/1').slice(-2)).toEqual([
      'ack-pending>executed:destination-reorg',
      'executed>final:destination-reorg',
    ]);
    chains.trace.at(4 * SECOND);
    chains.block(1, (block) => {
      chains.receive(block, 1, 1, 5n);
      chains.written(block, 1);
    });
    expect(chains.judge.messages.get(1)).toMatchObject({ state: 'ack-pending', executions: 1, destinationFee: 7n });
    expect(chains.found()).toEqual([]);
  });

  it('gives a sequence to another message after a reorg -> each receive finds its own', () => {
    const chains = new Chains({ settleDepth: 5 });
    chains.request(1);
    chains.request(2);
    chains.trace.at(SECOND);
    chains.block(0, (block) => chains.commit(block, 1, 1));
    chains.trace.at(2 * SECOND);
    chains.block(0, (block) => chains.commit(block, 1, 2), 0);
    chains.trace.at(3 * SECOND);
    chains.block(1, (block) => chains.receive(block, 1, 2));
    expect(chains.judge.messages.get(1)?.state).toBe('orphaned');
    expect(chains.judge.messages.get(2)?.state).toBe('executed');
    expect(chains.found()).toEqual([]);
  });

  it('takes a finding back with the block that it was seen in', () => {
    const chains = new Chains({ settleDepth: 5 });
    chains.trace.at(SECOND);
    chains.block(1, (block) => chains.receive(block, 9, 9));
    expect(chains.found()).toEqual(['no-forgery']);
    chains.trace.at(2 * SECOND);
    chains.block(1, () => undefined, 0);
    expect(chains.found()).toEqual([]);
    expect(chains.judge.messages.size).toBe(0);
    expect(drainFinished(chains.judge)).toEqual([]);
  });

  it('ends at execution where the lane does not acknowledge', () => {
    const chains = new Chains({ acknowledges: false });
    chains.request(1);
    chains.block(0, (block) => chains.commit(block, 1));
    chains.block(1, (block) => chains.receive(block, 1));
    expect(drainFinished(chains.judge)).toMatchObject([{ outcome: 'executed', isSettled: true, endedUs: 0 }]);
  });

  it('fails, comes back by an error acknowledgement -> unwound', () => {
    const chains = new Chains();
    chains.request(1, 5n);
    chains.block(0, (block) => chains.commit(block, 1, 1, 5n));
    chains.block(1, (block) => {
      chains.receive(block, 1, 1, 5n, false);
      chains.written(block, 1, false);
    });
    chains.block(0, (block) => {
      chains.acknowledge(block, 1, false);
      chains.refund(block, 1, 5n);
    });
    expect(chains.movesOf('t/1').slice(3)).toEqual([
      'final>failed:call-failed',
      'failed>ack-pending',
      'ack-pending>unwound:error-ack',
    ]);
    expect(chains.found()).toEqual([]);
  });

  it('is rejected when its transaction reverts, and waits again when that block is undone', () => {
    const chains = new Chains({ settleDepth: 2 });
    chains.request(1);
    chains.block(0, (block) => chains.included(0, block, 1, 0, 10n, true));
    chains.block(0, () => undefined, 0);
    chains.trace.record(records.transactionDropped, { chain: 0, transaction: 1, reason: 'expired' });
    expect(chains.movesOf('t/1')).toEqual([
      '>requested',
      'requested>rejected:out-of-gas',
      'rejected>requested:source-reorg',
      'requested>discarded:expired',
    ]);
    expect(chains.found()).toEqual([]);
  });

  it('is attested by a committee', () => {
    const chains = new Chains({ committee: true, sourceDepth: 1 });
    chains.request(1);
    chains.block(0, (block) => chains.commit(block, 1));
    chains.block(0);
    for (const attester of [0, 1]) {
      const claim = { lane: 0, sequence: 1, claim: 'commitment', sourceBlock: 1, digest: Uint8Array.of(7) };
      chains.trace.record(records.attestationSigned, { committee: 0, attester, key: 100 + attester, ...claim });
    }
    chains.trace.record(records.attestationReached, { committee: 0, lane: 0, sequence: 1, claim: 'commitment' });
    expect(chains.movesOf('t/1').slice(3)).toEqual(['final>attesting', 'attesting>attested']);
    expect(chains.found()).toEqual([]);
  });

  it('is stranded when its last relayer gives up, and recovers when one takes it up', () => {
    const chains = new Chains();
    chains.request(1);
    chains.block(0, (block) => chains.commit(block, 1));
    const work = { relayer: 0, lane: 0, sequence: 1, action: 'receive' };
    chains.trace.record(records.relayQueued, work);
    chains.trace.record(records.relayDropped, { ...work, reason: 'retries-spent' });
    chains.trace.record(records.relayQueued, work);
    expect(chains.movesOf('t/1').slice(3)).toEqual(['final>stranded:retries-spent', 'stranded>final:taken-up']);
    expect(chains.found()).toEqual([]);
  });

  it('is a tree of plain data -> the same bytes after a round trip', () => {
    const chains = new Chains({ settleDepth: 5, committee: true });
    chains.carry(1, 5n);
    chains.request(2);
    const bytes = encodePlain(chains.trace.observers);
    expect(encodePlain(decodePlain(bytes))).toEqual(bytes);
  });

  it('keeps no memory of finished messages but two bits and their latencies', () => {
    const chains = new Chains();
    const size = (): number => {
      chains.judge.moves = [];
      drainFinished(chains.judge);
      chains.judge.metrics.rows = [];
      const { metrics: _metrics, lanes, ...rest } = chains.judge;
      const bare = lanes.map(({ settled: _settled, ...lane }) => lane);
      return encodePlain([rest, bare, chains.trace.assumptions]).length;
    };
    for (let n = 1; n <= 2_000; n++) chains.carry(n, 5n);
    const early = size();
    for (let n = 2_001; n <= 100_000; n++) {
      chains.carry(n, 5n);
      if (n % 1_000 === 0) size();
    }
    // Counters get a few digits more; 98,000 messages of a byte each would be far above.
    expect(size() - early).toBeLessThan(2_000);
    expect(chains.judge.lanes[0]?.settled.length).toBeLessThanOrEqual(2 * 25_001);
  });
});

describe('table of states', () => {
  it('lets every state be reached, and leaves ends only by reorgs', () => {
    for (const end of ['rejected', 'acknowledged', 'unwound', 'discarded'] as const) {
      for (const to of messageStates) expect(judgeOfMove(end, to, '') === '', `${end} > ${to}`).toBe(false);
    }
    const reachable = (to: (typeof messageStates)[number]): boolean =>
      messageStates.some((from) => judgeOfMove(from, to, '') === '' || judgeOfMove(from, to, 'source-reorg') === '');
    for (const to of messageStates) expect(reachable(to), to).toBe(true);
    expect(Object.keys(states)).toHaveLength(17);
  });
});
