/** Packets that were never sent, by lane and sequence: known to the fault that made them up and to its carrier. */
import type { World } from '../../sim/kernel/world.ts';
import type { Packet } from '../lanes/lane.ts';

export interface Forgery {
  readonly fault: number;
  readonly packet: Packet;
  isCarried: boolean;
  /** Whether the claim that must stand before it is carried has been submitted. */
  isClaimed: boolean;
}

/** First sequence of the made-up packets: no lane sends so many, so a lie takes the place of no packet that is sent later. */
const FORGED_FROM = 2_147_483_648;
/** Lies that one fault may tell before it meets the sequences of the next. */
const LIES_OF_A_FAULT = 65_536;

function forgeriesOf(world: World): Map<string, Forgery> {
  return (world.tables['forgeries'] ??= new Map()) as Map<string, Forgery>;
}

export function forgedSequence(fault: number, number: number): number {
  return FORGED_FROM + fault * LIES_OF_A_FAULT + (number % LIES_OF_A_FAULT);
}

export function forge(world: World, fault: number, packet: Packet): void {
  forgeriesOf(world).set(`${packet.lane}/${packet.sequence}`, { fault, packet, isCarried: false, isClaimed: false });
}

export function forgeryOf(world: World, lane: number, sequence: number): Forgery | undefined {
  return forgeriesOf(world).get(`${lane}/${sequence}`);
}
