import type * as records from '../../../models/records.ts';
import type { FieldsOf } from '../declarations.ts';
import type { ControlFact, MovedFact } from '../facts.ts';
import type { JudgeState } from '../judge-state.ts';
import { defineProperty, find, type PropertyRecord, tallyOf } from './property.ts';

/**
 * What one limit bounds. `excess` is the greatest, over all starts of a window that ends now, of what was admitted less
 * what the rate allows in it: the bound holds for every window if and only if it never passes the capacity.
 */
interface Bound {
  /** Millionths of base units: what a microsecond allows is then whole. */
  excess: bigint;
  atUs: number;
  capacity: bigint;
  perSecond: bigint;
}

interface Limited {
  readonly lane: number;
  readonly end: string;
  readonly asset: string;
  bound: Bound;
  /** What a reorg may bring back, oldest first. */
  readonly before: Bound[];
}

interface Own {
  readonly limits: Limited[];
}

const MILLIONTHS = 1_000_000n;
const BEFORE_MAX = 20_000;
const PASSES = { source: ['escrow', 'burn'], destination: ['mint', 'unescrow'] };

function change(limited: Limited, sign: 1 | -1, next: (bound: Bound) => Bound): void {
  if (sign < 0) {
    limited.bound = limited.before.pop() ?? limited.bound;
    return;
  }
  limited.before.push(limited.bound);
  if (limited.before.length > 2 * BEFORE_MAX) limited.before.splice(0, BEFORE_MAX);
  limited.bound = next(limited.bound);
}

function aged(bound: Bound, nowUs: number): Bound {
  const left = bound.excess - bound.perSecond * BigInt(Math.max(0, nowUs - bound.atUs));
  return { ...bound, excess: left > 0n ? left : 0n, atUs: Math.max(bound.atUs, nowUs) };
}

/** A new setting gives no room: what could still pass before it can pass after it, and not more. */
function reset(bound: Bound, nowUs: number, capacity: bigint, perSecond: bigint): Bound {
  const { excess, atUs, capacity: was } = aged(bound, nowUs);
  const room = was * MILLIONTHS - excess;
  const most = capacity * MILLIONTHS;
  return { excess: room < most ? most - room : 0n, atUs, capacity, perSecond };
}

function pass(p: PropertyRecord<Own>, judge: JudgeState, limited: Limited, fact: MovedFact, sign: 1 | -1): void {
  const { chainUs } = judge.at;
  change(limited, sign, (bound) => {
    const now = aged(bound, chainUs);
    return { ...now, excess: now.excess + fact.amount * MILLIONTHS };
  });
  if (sign < 0) return;
  const name = `${judge.declarations.lanes[limited.lane]?.name ?? limited.lane}/${limited.end}`;
  const tally = tallyOf(p, p.own.limits.indexOf(limited), name);
  tally.checked++;
  const { excess, capacity } = limited.bound;
  if (excess <= capacity * MILLIONTHS) return;
  const over = excess - capacity * MILLIONTHS;
  const what = `${fact.amount} ${fact.asset} passed, ${over} millionths above capacity ${capacity} in some window`;
  find(p, judge, { tally, what });
}

/** always: admitted in [t, t + w] <= capacity + rate * w, for every t and w. @source FAULTS 3.3, S16 */
export const rateLimit = defineProperty<Own>({
  slug: 'rate-limit',
  id: 'S16',
  group: 'safety',
  summary: 'in every window no more passes than the capacity and what the rate allows; a new setting refills nothing',
  requires: ['byzantine'],
  applies: (declarations) => declarations.limited,
  create: () => ({ limits: [] }),
  on: {
    'limit-declared': (p, _judge, f: FieldsOf<typeof records.limitDeclared>) => {
      const { lane, end, asset, capacity, perSecond } = f;
      p.own.limits.push({ lane, end, asset, bound: { excess: 0n, atUs: 0, capacity, perSecond }, before: [] });
    },
  },
  onAsset: (p, judge, fact, sign) => {
    if (fact.lane < 0 || p.own.limits.length === 0) return;
    const asset = fact.asset.slice(fact.asset.lastIndexOf('/') + 1);
    const lane = judge.declarations.lanes[fact.lane];
    const end = lane?.source === judge.at.chain ? 'source' : 'destination';
    if (!PASSES[end].includes(fact.why)) return;
    for (const limited of p.own.limits) {
      if (limited.lane !== fact.lane || limited.end !== end || limited.asset !== asset) continue;
      pass(p, judge, limited, fact, sign);
    }
  },
  onControl: (p, judge, fact: ControlFact, sign) => {
    if (fact.what !== 'limit') return;
    const limited = p.own.limits.find((each) => each.lane === fact.lane && each.end === fact.end);
    if (limited === undefined) return;
    change(limited, sign, (bound) => reset(bound, judge.at.chainUs, fact.capacity, fact.perSecond));
  },
});
