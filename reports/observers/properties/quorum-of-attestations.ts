import type * as records from '../../../models/records.ts';
import { toHex } from '../../../sim/base/bytes.ts';
import type { FieldsOf } from '../declarations.ts';
import { type JudgeState, SETTLED, settledAs } from '../judge-state.ts';
import { defineProperty, find, packetName, type PropertyRecord, tallyOf } from './property.ts';

/** Signatures of one claim: keys, and what each signed. */
interface Claim {
  readonly keys: number[];
  readonly digests: Uint8Array[];
}

interface Own {
  /** By committee and claim number. */
  readonly claims: Map<number, Claim>[];
  /** By committee: keys of its members, and what each weighs. */
  readonly keys: (Map<number, number> | undefined)[];
}

const CLAIMS = ['commitment', 'acknowledgement', 'absence'];

/** One number for (lane, sequence, claim): dense enough for a Map of small integers. */
function claimNumber(judge: JudgeState, lane: number, sequence: number, claim: number): number {
  return (sequence * judge.declarations.lanes.length + lane) * CLAIMS.length + claim;
}

/** As `keysOf`, kept until a key is added. */
function memberKeys(p: PropertyRecord<Own>, judge: JudgeState, committee: number): ReadonlyMap<number, number> {
  let keys = p.own.keys[committee];
  if (keys === undefined) {
    keys = keysOf(judge, committee);
    p.own.keys[committee] = keys;
  }
  return keys;
}

/** Weight of each key that a member of a committee signs with, or has signed with. */
function keysOf(judge: JudgeState, committee: number): Map<number, number> {
  const { attesters, rotated } = judge.declarations;
  const keys = new Map<number, number>();
  attesters.forEach((each, id) => {
    if (each.committee !== committee) return;
    for (const key of [each.key, ...(rotated.get(id) ?? [])]) keys.set(key, each.weight);
  });
  return keys;
}

/** Weight of the distinct member keys behind the digest that has most. */
function strongest(claim: Claim | undefined, weights: ReadonlyMap<number, number>): number {
  if (claim === undefined) return 0;
  if (claim.keys.length === 1) return weights.get(claim.keys[0] as number) ?? 0;
  const byDigest = new Map<string, Map<number, number>>();
  claim.keys.forEach((key, i) => {
    const weight = weights.get(key);
    if (weight === undefined) return;
    const digest = toHex(claim.digests[i] as Uint8Array);
    const signers = byDigest.get(digest) ?? new Map<number, number>();
    byDigest.set(digest, signers.set(key, weight));
  });
  let best = 0;
  for (const signers of byDigest.values()) {
    best = Math.max(
      best,
      [...signers.values()].reduce((sum, weight) => sum + weight, 0),
    );
  }
  return best;
}

function isSettled(judge: JudgeState, lane: number, sequence: number): boolean {
  const state = judge.lanes[lane];
  return state !== undefined && settledAs(state, sequence) !== SETTLED.none;
}

/** always: an accepted claim has enough distinct signers of its committee. @source FAULTS 3.3, S11 */
export const quorumOfAttestations = defineProperty<Own>({
  slug: 'quorum-of-attestations',
  id: 'S11',
  group: 'safety',
  summary: 'a claim counts as attested only with a threshold of distinct keys of members on one digest',
  requires: [],
  applies: (declarations) => declarations.committees.length > 0,
  create: () => ({ claims: [], keys: [] }),
  on: {
    'attestation-signed': (p, judge, f: FieldsOf<typeof records.attestationSigned>) => {
      const claims = p.own.claims[f.committee] ?? new Map<number, Claim>();
      p.own.claims[f.committee] = claims;
      const number = claimNumber(judge, f.lane, f.sequence, CLAIMS.indexOf(f.claim));
      const claim = claims.get(number);
      if (claim === undefined) {
        if (!isSettled(judge, f.lane, f.sequence)) claims.set(number, { keys: [f.key], digests: [f.digest] });
      } else {
        claim.keys.push(f.key);
        claim.digests.push(f.digest);
      }
    },
    'key-rotated': (p, _judge, f: FieldsOf<typeof records.keyRotated>) => {
      p.own.keys[f.committee] = undefined;
    },
    'attestation-reached': (p, judge, f: FieldsOf<typeof records.attestationReached>) => {
      // Of a tree, some may sign what others have long brought to its end.
      if (isSettled(judge, f.lane, f.sequence)) return;
      const committee = judge.declarations.committees[f.committee];
      const tally = tallyOf(p, f.committee, committee?.name ?? `committee-${f.committee}`);
      tally.checked++;
      const number = claimNumber(judge, f.lane, f.sequence, CLAIMS.indexOf(f.claim));
      const signers = strongest(p.own.claims[f.committee]?.get(number), memberKeys(p, judge, f.committee));
      const threshold = committee?.threshold ?? 1;
      if (signers >= threshold) return;
      const id = judge.lanes[f.lane]?.bySequence.get(f.sequence);
      const message = id === undefined ? undefined : judge.messages.get(id);
      const name = packetName(judge, { lane: f.lane, sequence: f.sequence }, message);
      find(p, judge, {
        tally,
        message: name,
        what: `${f.claim} accepted with ${signers} distinct signers of ${threshold}`,
      });
    },
  },
  onFinished: (p, judge, message) => {
    for (const claims of p.own.claims) {
      if (claims === undefined || claims.size === 0) continue;
      for (let claim = 0; claim < CLAIMS.length; claim++) {
        claims.delete(claimNumber(judge, message.lane, message.sequence, claim));
      }
    }
  },
});
