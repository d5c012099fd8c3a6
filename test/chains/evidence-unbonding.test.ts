import { describe, expect, it } from 'vitest';
import { evidenceKey, reportEvidence } from '../../models/chains/evidence.ts';
import { readState } from '../../models/chains/views.ts';
import { addVotingChain, runUntil, smallWorld } from '../support/small-world.ts';

const SECOND = 1_000_000;

/** Whether evidence of a height, found after 40 s of blocks of about 1.3 s, comes to stand in the state. */
function isWritten(height: number, unbondingUs: number): boolean {
  const small = smallWorld();
  const { chain } = addVotingChain(small, { unbondingUs });
  runUntil(small, 40 * SECOND);
  const found = { validator: 1, key: 1, height, round: 0, step: 'prevote' } as const;
  reportEvidence(small.simulation, chain, 0, found);
  runUntil(small, 50 * SECOND);
  return readState(chain, chain.head, evidenceKey(found)) !== undefined;
}

describe('evidence: of stake that is no longer bound', () => {
  it('is void once older than the unbonding period, and not before', () => {
    expect(isWritten(25, 20 * SECOND)).toBe(true);
    expect(isWritten(2, 20 * SECOND)).toBe(false);
    // The same evidence counts where stake stays bound for longer.
    expect(isWritten(2, 60 * SECOND)).toBe(true);
  });
});
