/** Transfers that nobody sent: what liars tell and thieves sign, down to the bytes. */
import { z } from 'zod';
import { amountText } from '../../sim/grammar/quantities.ts';
import { encodePlain } from '../../sim/kernel/plain-data.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { voucherOf } from '../applications/token-transfer.ts';
import { accountId, type Chain, chainClock, chainOf } from '../chains/chain.ts';
import type { Lane, Packet } from '../lanes/lane.ts';
import type { Directory } from './directory.ts';
import type { Resolved } from './fault.ts';
import { problem, unknownName } from './problems.ts';
import type { Targets } from './selectors.ts';

export const madeUpSchema = z.strictObject({
  amount: amountText.describe('amount of the made-up transfer'),
  receiver: z.string().min(1).default('thief').describe('account at the destination that it credits'),
});

/** A made-up transfer with its amount in base units, and the lane that it is said to have been sent on. */
export interface MadeUp {
  readonly asset: string;
  readonly amount: bigint;
  readonly receiver: string;
  readonly lane: number;
}

/** Reads the amount and finds the lane: that of the committee, or the one that all who depend on the causes serve. */
export function resolveMadeUp(
  { amount, receiver }: z.output<typeof madeUpSchema>,
  target: Targets,
  directory: Directory,
): Resolved<MadeUp> {
  const asset = directory.assets.find(({ name }) => name === amount.asset);
  if (asset === undefined) {
    const names = directory.assets.map(({ name }) => name);
    return { ok: false, problems: [unknownName(['with', 'amount'], 'asset', amount.asset, names)] };
  }
  const base = toBaseUnits(amount.decimal, asset.decimals);
  if (base === undefined) {
    const details = { expected: `at most ${asset.decimals} digits`, got: amount.decimal };
    return { ok: false, problems: [problem(['with', 'amount'], 'finer than the asset', details)] };
  }
  const lanes = lanesOf(target, directory);
  const [lane] = lanes;
  if (lane === undefined || lanes.length > 1) {
    const names = lanes.map((id) => directory.lanes[id]?.name ?? '');
    const expected = names.length === 0 ? 'a lane that they sign for' : `one of ${names.join(', ')}`;
    return { ok: false, problems: [problem(['target'], 'lane is missing', { expected })] };
  }
  return { ok: true, value: { asset: asset.name, amount: base, receiver, lane } };
}

function lanesOf({ committee, lane, causes }: Targets, directory: Directory): number[] {
  if (committee !== -1) return [directory.committees[committee]?.lane ?? -1];
  if (causes.length === 0 && lane !== -1) return [lane];
  const served = [...new Set(causes.flatMap((id) => directory.causes[id]?.lanes ?? []))];
  return lane === -1 ? served : served.filter((id) => id === lane);
}

function toBaseUnits(decimal: string, decimals: number): bigint | undefined {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits.length > decimals ? undefined : BigInt(whole + digits.padEnd(decimals, '0'));
}

/** A packet as the lane would have written it now, down to its timeout. */
export function madeUp(
  context: Context,
  name: string,
  lane: Lane,
  source: Chain,
  sequence: number,
  { asset, amount, receiver }: MadeUp,
): Packet {
  const sender = accountId(source, `fault/${name}`);
  const denomination = asset === source.feeAsset ? asset : voucherOf(lane.path, asset);
  return Object.freeze({
    lane: lane.id,
    sequence,
    timeoutUs: lane.timeoutUs === 0 ? 0 : chainClock(source, context.now) + lane.timeoutUs,
    timeoutHeight:
      lane.timeoutBlocks === 0 ? 0 : chainOf(context.world, lane.destination).nextBlock + lane.timeoutBlocks,
    application: 'token-transfer',
    value: encodePlain({ asset: denomination, amount, sender, receiver }),
  });
}
