/** Grammar of verifiers: leaves, and trees of them to any depth. */
import { z } from 'zod';
import type { Duration } from '../base/units.ts';
import { lawOf } from '../grammar/law.ts';
import {
  amountText,
  count,
  decimalNumber,
  durationText,
  ID_PATTERN,
  idText,
  indexRange,
  positiveCount,
  probability,
  ppmText,
  ratioText,
} from '../grammar/quantities.ts';

const delay = lawOf(durationText);
const stakes = z.array(positiveCount).min(1).max(1_000);
const ids = z.string().regex(ID_PATTERN);

const leaves = [
  z.strictObject({
    kind: z.literal('light-client'),
    'trusting-period': durationText.optional().describe('how long a header is trusted; below the unbonding period'),
    'trust-level': ratioText.optional().describe('share of trusted power that must sign a skipped-to header'),
    'clock-drift': durationText.optional().describe('how far in the future a header may be'),
    delay: durationText
      .optional()
      .describe('time that a header must have stood in the client before a proof under it counts'),
    'delay-blocks': count.optional().describe('blocks of the same; the delay over 30 seconds unless given'),
  }),
  z.strictObject({ kind: z.literal('header-chain') }),
  z.strictObject({ kind: z.literal('shared-security') }),
  z.strictObject({
    kind: z.literal('hash-lock'),
    lock: durationText.optional().describe('time for which a participant locks the value on the destination'),
    reveal: delay.optional().describe('time from that lock to the sender showing the secret'),
    abandons: probability.optional().describe('share of senders who never show it'),
  }),
  z.strictObject({
    kind: z.literal('proof-chain'),
    through: z
      .array(ids)
      .min(2)
      .describe('lanes on the way from source to destination, whose light clients it looks through'),
  }),
  z.strictObject({
    kind: z.literal('committee'),
    members: positiveCount.max(1_000).optional().describe('how many sign'),
    threshold: positiveCount.optional().describe('signatures that are enough; more than two thirds unless given'),
    signing: delay.optional().describe('time from seeing to having signed'),
    hours: z
      .strictObject({
        from: durationText.describe('time of day from which on they sign'),
        to: durationText.describe('and until when'),
        days: positiveCount
          .max(7)
          .optional()
          .describe('days of the week, from Monday, on which the run begins at midnight; 5'),
      })
      .optional()
      .describe('when people sign; at any time unless given'),
    twins: z.array(count).optional().describe('members with a second process that shares their key'),
    weights: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('equal') }),
        z.strictObject({ kind: z.literal('stake'), stakes: stakes.describe('weight of each member in turn') }),
        z.strictObject({
          kind: z.literal('square-root'),
          stakes: stakes.describe('stake of each member in turn; it weighs the whole part of its square root'),
        }),
      ])
      .optional()
      .describe('what each member weighs; all the same unless given'),
    share: ratioText.optional().describe('share of the weight that is enough, in place of a threshold'),
    rotation: z
      .strictObject({
        every: durationText.describe(
          'time from one set of keys to the next, by the clock of the chain that checks them',
        ),
        grace: durationText.optional().describe('time for which what the old set has signed still counts'),
        replaced: positiveCount.optional().describe('members who get a new key each time, in turn; all unless given'),
      })
      .optional()
      .describe('how keys change; never unless given'),
    'providers-agree': positiveCount
      .optional()
      .describe('providers of data that must tell a member the same; all that it reads through unless given'),
    delegates: z
      .strictObject({
        members: indexRange.describe('members who read the chains, from 0'),
        threshold: positiveCount.describe('how many of them must have signed before the others do on their word'),
      })
      .optional()
      .describe('who reads for the others; all read for themselves unless given'),
  }),
  z.strictObject({
    kind: z.literal('validity-proof'),
    batch: z
      .strictObject({
        blocks: positiveCount.optional().describe('blocks that a proof covers'),
        every: durationText.optional().describe('time that a proof gathers blocks, from the first on'),
        'on-demand': z
          .boolean()
          .optional()
          .describe('proves only what a relayer waits for; yes where nothing is given'),
      })
      .optional()
      .describe('what one proof covers: whichever of blocks and time comes first'),
    proving: z
      .strictObject({
        fixed: delay.describe('time that each proof takes'),
        'per-block': durationText.optional().describe('and for each block that it covers'),
      })
      .describe('how long a proof takes'),
    provers: z
      .strictObject({
        count: positiveCount.max(1_000).optional().describe('proofs that are worked on at once'),
        breaks: z
          .strictObject({
            up: delay.describe('time until each of them breaks'),
            down: delay.describe('time until it is repaired'),
          })
          .optional()
          .describe('how they break; never unless given'),
      })
      .optional()
      .describe('who proves; one that never breaks unless given'),
    aggregate: z
      .strictObject({
        with: idText.optional().describe('name shared by verifiers on one chain whose proofs are folded together'),
        count: positiveCount.max(1_000).describe('proofs that are folded into one'),
        within: durationText.describe('time that the first of them waits for the rest'),
        proving: delay.optional().describe('time that folding takes'),
      })
      .optional()
      .describe('how proofs are folded into one; each is verified by itself unless given'),
    'trusting-period': durationText
      .optional()
      .describe('how long a head is trusted: the next is proven from it within this time; for ever unless given'),
    'clock-drift': durationText.optional().describe('how far in the future a head may be; any unless given'),
    'verification-gas': positiveCount.optional().describe('gas of one proof on the chain that checks it'),
    price: decimalNumber.optional().describe('whole units of the gas asset there that a proof is paid with'),
    key: z
      .strictObject({
        guardians: positiveCount.max(1_000).describe('how many there are: a committee lane.guardians'),
        threshold: positiveCount.optional().describe('how many must sign; more than two thirds unless given'),
        timelock: durationText.optional().describe('time from their signatures to the new circuit; none unless given'),
      })
      .optional()
      .describe('who may replace the circuit; nobody unless given'),
  }),
] as const;

type LeafText = z.output<(typeof leaves)[number]>;
export type PartsText = Readonly<Record<string, VerifierText>>;
export interface RouteText {
  readonly 'up-to'?: z.output<typeof amountText> | undefined;
  readonly senders?: readonly string[] | undefined;
  readonly chains?: readonly string[] | undefined;
  readonly verifier: VerifierText;
}
export type VerifierText =
  | LeafText
  | { readonly kind: 'all' | 'any'; readonly of: PartsText }
  | { readonly kind: 'threshold'; readonly of: PartsText; readonly 'at-least': number }
  | {
      readonly kind: 'required-optional';
      readonly required: PartsText;
      readonly optional: PartsText;
      readonly 'at-least': number;
    }
  | {
      readonly kind: 'optimistic';
      readonly of: VerifierText;
      readonly window: Duration;
      readonly bond?: string | undefined;
      readonly watchers?: WatchersText | undefined;
    }
  | {
      readonly kind: 'route';
      readonly routes: Readonly<Record<string, RouteText>>;
      readonly otherwise?: VerifierText | undefined;
    };

const part: z.ZodType<VerifierText, unknown> = z.lazy(() => verifierSchema);
const parts = z.record(ids, part);

const watchersSchema = z.strictObject({
  count: positiveCount.max(1_000).optional().describe('how many there are'),
  availability: ppmText
    .optional()
    .describe('share of claims that each of them looks at; with `repair`, share of the time for which it is up'),
  repair: delay.optional().describe('how long one is down at a time; up again, it looks at what it missed'),
  reaction: delay.optional().describe('time from seeing a claim to having judged it'),
});
type WatchersText = z.output<typeof watchersSchema>;

const routeSchema = z.strictObject({
  'up-to': amountText.optional().describe('largest amount that takes this route'),
  senders: z.array(idText).min(1).optional().describe('traffic whose users take this route'),
  chains: z.array(idText).min(1).optional().describe('chains that it is the route from'),
  verifier: part.describe('how packets on this route are believed'),
});

export const verifierSchema: z.ZodType<VerifierText, unknown> = z
  .discriminatedUnion('kind', [
    ...leaves,
    z.strictObject({ kind: z.literal('all'), of: parts.describe('verifiers that must all accept') }),
    z.strictObject({ kind: z.literal('any'), of: parts.describe('verifiers of which one must accept') }),
    z.strictObject({
      kind: z.literal('threshold'),
      of: parts.describe('verifiers of which enough must accept'),
      'at-least': positiveCount.describe('how many are enough'),
    }),
    z.strictObject({
      kind: z.literal('required-optional'),
      required: parts.describe('verifiers that must all accept'),
      optional: parts.describe('verifiers of which enough must accept as well'),
      'at-least': count.describe('how many of the optional ones are enough'),
    }),
    z.strictObject({
      kind: z.literal('optimistic'),
      of: part.describe('who may claim: what it accepts stands, open to dispute'),
      window: durationText.describe('time to dispute, by the clock of the chain that holds the claim'),
      bond: decimalNumber.optional().describe('whole units of its gas asset that a claim puts down'),
      watchers: watchersSchema.optional().describe('who disputes; nobody unless given'),
    }),
    z.strictObject({
      kind: z.literal('route'),
      routes: z.record(ids, routeSchema).describe('the first whose conditions a packet meets decides'),
      otherwise: part.optional().describe('what decides on the rest; they are refused unless given'),
    }),
  ])
  .meta({ id: 'verifier' });
