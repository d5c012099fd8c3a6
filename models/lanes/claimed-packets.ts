/** What a rule of acceptance may read of a packet: who sent it, and what it moves. */
import { chainOf } from '../chains/chain.ts';
import type { ReadPacket } from '../verifiers/route.ts';
import type { ApplicationTable } from './application.ts';
import { laneOf, type Packet } from './lane.ts';
import { applicationOf } from './packet-calls.ts';

export function createPacketReader(applications: ApplicationTable): ReadPacket {
  return (world, { lane: laneId, packet }) => {
    const application = packet === undefined ? undefined : applicationOf(applications, packet.application);
    if (application === undefined) return undefined;
    const moved = application.moved(packet as Packet);
    if (moved === undefined) return undefined;
    const { payer, asset, amount } = moved;
    const { accounts } = chainOf(world, laneOf(world, laneId).source);
    // A voucher is named `<path>/<asset>`: a limit in an asset counts for its vouchers too.
    return { sender: accounts[payer] ?? '', asset: asset.slice(asset.lastIndexOf('/') + 1), amount };
  };
}
