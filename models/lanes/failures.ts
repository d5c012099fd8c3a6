/** What becomes of a packet whose call fails at the destination. */
import type { VerifiedPacket } from './verified.ts';
import type { Lane } from './lane.ts';

/** Who tries a packet again, and when. */
export interface Try {
  readonly account: number;
  readonly keyHolder: number;
  readonly nowUs: number;
}

export interface FailureRule {
  readonly summary: string;
  /** The packet stays verified and may be tried again; otherwise it is received, with an error for an answer. */
  readonly keepsVerified: boolean;
  /** Whether relayers try again what has failed. */
  readonly isRelayed: boolean;
  /** Why this one may not try again now what has failed before. */
  refuse(lane: Lane, packet: VerifiedPacket, by: Try): string | undefined;
}

export const failures = {
  'error-ack': {
    summary: 'its effects are undone and the source is told: it refunds',
    keepsVerified: false,
    isRelayed: false,
    refuse: () => undefined,
  },
  retry: {
    summary: 'it stays verified: anyone tries again, and relayers do',
    keepsVerified: true,
    isRelayed: true,
    refuse: () => undefined,
  },
  // MODEL: a call that runs out of gas is tried by hand with more; here each try has what it needs, and what failed
  // for another cause fails until that is over. @source CCIP, OffRamp.sol, manuallyExecute.
  manual: {
    summary: 'it stays verified: relayers try once, and anyone by hand when a time has passed',
    keepsVerified: true,
    isRelayed: false,
    refuse: (lane, { verifiedUs }, { nowUs }) =>
      nowUs < verifiedUs + (lane.manualAfterUs ?? 0) ? 'manual-too-early' : undefined,
  },
  // MODEL: what is trapped is claimed by a message of its own; here who holds the key lets the same call run again.
  // @source XCM format, ClaimAsset.
  trap: {
    summary: 'it stays verified: only who holds the key of the lane lets it go',
    keepsVerified: true,
    isRelayed: false,
    refuse: (_lane, _packet, { account, keyHolder }) => (account === keyHolder ? undefined : 'not-the-key-holder'),
  },
} as const satisfies Record<string, FailureRule>;

export type FailureKind = keyof typeof failures;

/** The rule of a lane: an error acknowledgement unless it says otherwise. */
export function failureOf({ failure }: Pick<Lane, 'failure'>): FailureRule {
  return failures[failure ?? 'error-ack'];
}
