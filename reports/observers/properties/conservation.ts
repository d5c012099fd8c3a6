import type { JudgeState, Message } from '../judge-state.ts';
import { isInFlight } from '../judge-state.ts';
import type { MovedFact } from '../facts.ts';
import { defineProperty, find, type PropertyRecord, tallyOf } from './property.ts';

/** Base units of one asset on one path. */
interface Pool {
  readonly name: string;
  readonly path: string;
  readonly asset: string;
  /** Held by escrow accounts. */
  escrowed: bigint;
  /** Vouchers that live on the other side: minted less burnt, for assets that are burnt to be sent. */
  vouchers: bigint;
  /** Left its sender and reached nobody yet. */
  inFlight: bigint;
  isTouched: boolean;
  isBroken: boolean;
}

interface Own {
  readonly pools: Pool[];
  /** By lane: denomination on either side -> index of the pool. */
  readonly byLane: (Map<string, number> | undefined)[];
  readonly touched: number[];
}

const MINTS = ['genesis', 'mint', 'refund'];
const BURNS = ['burn', 'fee'];

/** Units come and go by declared reasons; those of a lane name their lane. */
function isUndeclared(fact: MovedFact): boolean {
  if (fact.from < 0) return !MINTS.includes(fact.why) || (fact.why !== 'genesis' && fact.lane < 0);
  return fact.to < 0 && (!BURNS.includes(fact.why) || (fact.why === 'burn' && fact.lane < 0));
}

/** The lane whose escrow one of two accounts is: value that leaves an escrow by the back door is still that path's. */
function laneOfEscrow(judge: JudgeState, chain: number, first: number, second: number): number {
  const { accountRoles, accountNames } = judge.declarations.chains[chain] ?? {};
  const account = [first, second].find((each) => each >= 0 && accountRoles?.[each] === 'escrow');
  if (account === undefined) return -1;
  return judge.declarations.lanes.findIndex((lane) => `escrow/${lane.path}` === accountNames?.[account]);
}

/** A voucher is named `<path>/<denomination at home>`. */
function poolOf(p: PropertyRecord<Own>, judge: JudgeState, lane: number, denomination: string): Pool {
  let byName = p.own.byLane[lane];
  if (byName === undefined) {
    byName = new Map();
    p.own.byLane[lane] = byName;
  }
  let index = byName.get(denomination);
  if (index === undefined) {
    const path = judge.declarations.lanes[lane]?.path ?? '';
    const asset = denomination.startsWith(`${path}/`) ? denomination.slice(path.length + 1) : denomination;
    index = p.own.pools.findIndex((pool) => pool.path === path && pool.asset === asset);
    if (index < 0) {
      index = p.own.pools.length;
      const name = `${path}/${asset}`;
      p.own.pools.push({
        name,
        path,
        asset,
        escrowed: 0n,
        vouchers: 0n,
        inFlight: 0n,
        isTouched: false,
        isBroken: false,
      });
    }
    byName.set(denomination, index);
  }
  const pool = p.own.pools[index] as Pool;
  if (!pool.isTouched) {
    pool.isTouched = true;
    p.own.touched.push(index);
  }
  return pool;
}

function follow(p: PropertyRecord<Own>, judge: JudgeState, message: Message | undefined, before: number): void {
  if (message === undefined || message.escrowed === 0n) return;
  const was = isInFlight(before);
  const is = isInFlight(message.flags);
  if (was === is) return;
  const pool = poolOf(p, judge, message.lane, message.escrowAsset);
  pool.inFlight += is ? message.escrowed : -message.escrowed;
}

/** always: escrow at home covers the vouchers elsewhere and what is in flight. @source FAULTS 3.3, S5 */
export const conservation = defineProperty<Own>({
  slug: 'conservation',
  id: 'S5',
  group: 'safety',
  summary: 'per path and asset: escrowed >= vouchers + in flight; units appear and vanish by declared moves only',
  requires: ['byzantine', 'reorg', 'lying-sources', 'honest-committee', 'sound-circuit'],
  applies: (declarations) => declarations.lanes.length > 0 && declarations.homes.size > 0,
  create: () => ({ pools: [], byLane: [], touched: [] }),
  onPacket: (p, judge, _fact, message, before) => follow(p, judge, message, before),
  onPacketUndone: (p, judge, _fact, message, before) => follow(p, judge, message, before),
  onAsset: (p, judge, fact, sign) => {
    const chain = judge.at.chain;
    const signed = sign > 0 ? fact.amount : -fact.amount;
    const isMint = fact.from < 0;
    const isBurn = fact.to < 0;
    if (sign > 0 && isUndeclared(fact)) {
      const tally = tallyOf(p, 0, 'supply');
      const where = judge.declarations.chains[chain]?.name ?? `chain-${chain}`;
      const verb = isMint ? 'appeared' : 'vanished';
      find(p, judge, {
        tally,
        what: `${fact.amount} ${fact.asset} ${verb} on ${where} as ${fact.why}`,
      });
    }
    const lane = fact.lane >= 0 ? fact.lane : laneOfEscrow(judge, chain, isBurn ? fact.from : fact.to, fact.from);
    if (lane < 0) return;
    const roles = judge.declarations.chains[chain]?.accountRoles;
    const isIn = !isBurn && roles?.[fact.to] === 'escrow';
    const isOut = !isMint && roles?.[fact.from] === 'escrow';
    // A voucher of another path is escrowed like any other asset: what it stands for is that path's matter.
    if (isIn !== isOut) poolOf(p, judge, lane, fact.asset).escrowed += isIn ? signed : -signed;
    else if (isMint !== isBurn) poolOf(p, judge, lane, fact.asset).vouchers += isMint ? signed : -signed;
  },
  onBlock: (p, judge) => {
    if (p.own.touched.length === 0) return;
    for (const index of p.own.touched) {
      const pool = p.own.pools[index] as Pool;
      pool.isTouched = false;
      const tally = p.tallies[index + 1] ?? tallyOf(p, index + 1, pool.name);
      tally.checked++;
      const isBroken = pool.escrowed < pool.vouchers + pool.inFlight;
      // One finding when it breaks, not one a block for as long as it stays broken.
      if (isBroken && !pool.isBroken) {
        const what = `escrowed=${pool.escrowed}, vouchers=${pool.vouchers}, in flight=${pool.inFlight}`;
        find(p, judge, { tally, what });
      }
      pool.isBroken = isBroken;
    }
    p.own.touched.length = 0;
  },
});
