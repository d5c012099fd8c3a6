/** A data source that shows attesters a packet which was never sent. */
import { z } from 'zod';
import { amountText } from '../../sim/grammar/quantities.ts';
import { encodePlain } from '../../sim/kernel/plain-data.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { voucherOf } from '../applications/token-transfer.ts';
import { type AttesterState, liesOf } from '../attesters/attester.ts';
import { committeeOf } from '../attesters/committees.ts';
import { accountId, type Chain, chainClock, chainOf, type LogEntry } from '../chains/chain.ts';
import { type Lane, laneOf, type Packet } from '../lanes/lane.ts';
import { sourceTurned } from '../records.ts';
import { addCarrier } from './carrier.ts';
import { defineFault, type Fault } from './fault.ts';
import { forge, forgedSequence } from './forgeries.ts';
import { hold, release } from './holds.ts';
import { attestersOfMembers } from './people.ts';
import { problem, unknownName } from './problems.ts';

/** The parameters with the amount in base units. */
interface LieParameters {
  readonly asset: string;
  readonly amount: bigint;
  readonly receiver: string;
}

/** Each start is one lie. It is told in the first block that none of the members has read yet, and carried once signed. */
export const dataLie = defineFault({
  summary: 'shows members of a committee a transfer that was never sent, and carries it once they have signed',
  source: 'what was seen where many signers read a chain through one provider',
  touches: ['lying-sources'],
  target: { required: ['committee'], optional: ['members'] },
  parameters: z.strictObject({
    amount: amountText.describe('amount of the made-up transfer'),
    receiver: z.string().min(1).default('thief').describe('account at the destination that it credits'),
  }),
  resolve({ amount, receiver }, _target, directory) {
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
    const value: LieParameters = { asset: asset.name, amount: base, receiver };
    return { ok: true, value };
  },
  create: (lie: LieParameters) => ({
    prepare: addCarrier,
    start: (context, fault) => tell(context, fault, lie),
    stop: takeBack,
  }),
});

function toBaseUnits(decimal: string, decimals: number): bigint | undefined {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits.length > decimals ? undefined : BigInt(whole + digits.padEnd(decimals, '0'));
}

function tell(context: Context, { plan, start }: Fault, lie: LieParameters): void {
  const { world } = context;
  const lane = laneOf(world, committeeOf(world, plan.target.committee).lane);
  const source = chainOf(world, lane.source);
  const told = attestersOfMembers(world, plan.target.committee, plan.target.members);
  const packet = madeUp(context, plan.name, lane, source, forgedSequence(plan.id, start - 1), lie);
  forge(world, plan.id, packet);
  const entry: LogEntry = Object.freeze({
    kind: 'packet-sent',
    lane: lane.id,
    sequence: packet.sequence,
    packet,
    isSuccess: true,
  });
  // One block for all of them: signatures over different blocks do not add up.
  const height = Math.max(...told.map((attester) => readUpTo(source, attester))) + 1;
  for (const attester of told) {
    const lies = liesOf(world).get(attester.id) ?? [];
    liesOf(world).set(attester.id, [...lies, { fault: plan.id, height, entry }]);
    if (!hold(world, `source/${attester.id}`, plan.id)) continue;
    const { committee, id } = attester;
    context.record(sourceTurned, { committee, attester: id, isLying: true, fault: plan.id });
  }
}

function takeBack(context: Context, { plan }: Fault): void {
  const { world } = context;
  for (const attester of attestersOfMembers(world, plan.target.committee, plan.target.members)) {
    const left = (liesOf(world).get(attester.id) ?? []).filter(({ fault }) => fault !== plan.id);
    if (left.length === 0) liesOf(world).delete(attester.id);
    else liesOf(world).set(attester.id, left);
    if (!release(world, `source/${attester.id}`, plan.id)) continue;
    const { committee, id } = attester;
    context.record(sourceTurned, { committee, attester: id, isLying: false, fault: plan.id });
  }
}

/** Height of the last block that an attester has read. */
function readUpTo(source: Chain, attester: AttesterState): number {
  return source.blocks.get(attester.source.at)?.height ?? source.keptFrom;
}

/** A packet as the lane would have written it now, down to its timeout. */
function madeUp(
  context: Context,
  name: string,
  lane: Lane,
  source: Chain,
  sequence: number,
  { asset, amount, receiver }: LieParameters,
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
