/** Every property. A new one is one file and one line. */
import { agreement } from './agreement.ts';
import { atMostOnce } from './at-most-once.ts';
import { clientTruth } from './client-truth.ts';
import { conservation } from './conservation.ts';
import { feesExact } from './fees-exact.ts';
import { finalityRespected } from './finality-respected.ts';
import { legalMoves } from './legal-moves.ts';
import { noForgery } from './no-forgery.ts';
import { order } from './order.ts';
import { pause } from './pause.ts';
import type { AnyProperty, PropertyRecord } from './property.ts';
import { quorumOfAttestations } from './quorum-of-attestations.ts';
import { rateLimit } from './rate-limit.ts';
import { receiveXorUnwind } from './receive-xor-unwind.ts';
import { refundExact } from './refund-exact.ts';
import { resolution } from './resolution.ts';
import { wayConservation } from './way-conservation.ts';

export const properties: readonly AnyProperty[] = [
  noForgery,
  atMostOnce,
  receiveXorUnwind,
  refundExact,
  conservation,
  wayConservation,
  feesExact,
  order,
  finalityRespected,
  agreement,
  clientTruth,
  quorumOfAttestations,
  rateLimit,
  pause,
  legalMoves,
  resolution,
];

type HookName =
  'onPacket' | 'onPacketUndone' | 'onAsset' | 'onControl' | 'onBelieved' | 'onBlock' | 'onMove' | 'onFinished';
interface Hook<Name extends HookName> {
  readonly index: number;
  readonly hook: NonNullable<AnyProperty[Name]>;
}

/** Who wants to be asked, by index into the records of the fold. */
function hooksOf<Name extends HookName>(name: Name): readonly Hook<Name>[] {
  return properties.flatMap((part, index) => {
    const hook = part[name];
    return hook === undefined ? [] : [{ index, hook: hook as NonNullable<AnyProperty[Name]> }];
  });
}

export const packetHooks = hooksOf('onPacket');
export const undoneHooks = hooksOf('onPacketUndone');
export const assetHooks = hooksOf('onAsset');
export const controlHooks = hooksOf('onControl');
export const believedHooks = hooksOf('onBelieved');
export const blockHooks = hooksOf('onBlock');
export const moveHooks = hooksOf('onMove');
export const finishHooks = hooksOf('onFinished');

export function createPropertyRecords(): PropertyRecord[] {
  return properties.map((part) => ({ slug: part.slug, tallies: [], found: 0, own: part.create() }));
}
