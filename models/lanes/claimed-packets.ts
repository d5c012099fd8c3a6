/** What a rule of acceptance may read of a packet: who sent it, and what it moves. */
import { chainOf } from '../chains/chain.ts';
import type { ReadPacket } from '../verifiers/route.ts';
import type { ApplicationTable } from './application.ts';
import { laneOf, type Packet } from './lane.ts';

export function createPacketReader(applications: ApplicationTable): ReadPacket {
  return (world, { lane: laneId, packet }) => {
    const application = packet === undefined ? undefined : applications[packet.application];
    if (application === undefined) return undefined;
    const { payer, asset, amount } = application.moved(packet as Packet);
    const { accounts } = chainOf(world, laneOf(world, laneId).source);
    // A voucher is named `<path>/<asset>`: a limit in an asset counts for its vouchers too.
    return { sender: accounts[payer] ?? '', asset: asset.slice(asset.lastIndexOf('/') + 1), amount };
  };
}
