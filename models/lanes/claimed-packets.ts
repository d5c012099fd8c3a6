/** What a rule of acceptance may read of a packet: who sent it, and what it moves. */
import { chainOf } from '../chains/chain.ts';
import type { ReadPacket } from '../verifiers/route.ts';
import type { ApplicationContract, ApplicationTable } from './application.ts';
import { laneOf, type Packet, payloadsOf } from './lane.ts';
import { applicationOf } from './packet-calls.ts';

type Moved = NonNullable<ReturnType<ApplicationContract['moved']>>;

export function createPacketReader(applications: ApplicationTable): ReadPacket {
  return (world, { lane: laneId, packet }) => {
    if (packet === undefined) return undefined;
    let all: Moved | undefined;
    for (const payload of payloadsOf(packet as Packet)) {
      const moved = applicationOf(applications, payload.application)?.moved(payload);
      if (moved === undefined) return undefined;
      if (all === undefined || all.asset === '') all = moved;
      else if (moved.asset === all.asset) all = { ...all, amount: all.amount + moved.amount };
      // Two assets in one packet are no amount of one.
      else if (moved.asset !== '') return undefined;
    }
    if (all === undefined) return undefined;
    const { payer, asset, amount } = all;
    const { accounts } = chainOf(world, laneOf(world, laneId).source);
    // A voucher is named `<path>/<asset>`: a limit in an asset counts for its vouchers too.
    return { sender: accounts[payer] ?? '', asset: asset.slice(asset.lastIndexOf('/') + 1), amount };
  };
}
