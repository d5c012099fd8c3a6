/**
 * What carriers ask to have proven, by client: the newest height that somebody waits for.
 * MODEL: asking takes no time and costs nothing, and a prover turns nobody away.
 */
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';

export interface ProofRequest {
  /** Whoever proves for the client, to be told. */
  readonly entity: number;
  readonly kind: number;
  /** 0 while nobody has asked. */
  height: number;
}

/** Only of clients that are proven on demand. */
export function proofRequestsOf(world: World): Map<number, ProofRequest> {
  return (world.tables['proof-requests'] ??= new Map()) as Map<number, ProofRequest>;
}

/** Asks for a proof up to a height. Nothing happens where one as high is asked for already. */
export function askForProof(context: Context, client: number, height: number): void {
  const request = proofRequestsOf(context.world).get(client);
  if (request === undefined || request.height >= height) return;
  request.height = height;
  context.schedule('timer', request.entity, request.kind, context.now);
}
