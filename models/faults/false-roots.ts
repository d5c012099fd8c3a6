/** How whoever holds the key of a circuit has a client believe a transfer that was never sent. */
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { chainOf, nodeOf } from '../chains/chain.ts';
import { accountId } from '../chains/chain.ts';
import { submit } from '../chains/views.ts';
import { keysOf } from '../keys/key-room.ts';
import { addHolder, createKey, type KeyId, sign } from '../keys/keys.ts';
import { laneOf } from '../lanes/lane.ts';
import { readerAt } from '../verifiers/client-store.ts';
import { forgeRoot } from '../verifiers/forged-roots.ts';
import { type Guardians, type ProgramParameters, proposalBytes } from '../verifiers/program-key.ts';
import { type Claim, type Client, clientOf, nodesOf } from '../verifiers/verifier.ts';
import { startCarrying } from './carrier.ts';

/** Clients on the destination of a lane that believe proofs of a circuit. */
export function provenClients(world: World, lane: number): Client[] {
  const top = clientOf(world, laneOf(world, lane).destinationClient);
  return nodesOf(world, top).filter(({ kind }) => kind === 'validity-proof');
}

export function guardiansOf({ parameters }: Client): Guardians | undefined {
  return (parameters as ProgramParameters).guardians;
}

/** Proves the made-up claim under the circuit as it is, whose key the process has come by. */
export function proveFalse(context: Context, fault: string, lane: number, claim: Claim, process: string): void {
  for (const client of provenClients(context.world, lane)) {
    const { program } = client.parameters as ProgramParameters;
    forgeRoot(context, client, claim, { program, process });
  }
  startCarrying(context, fault, claim);
}

/** Proposes a circuit of the thief's own with the keys that it holds, and waits for it to count. */
export function replaceProgram(
  context: Context,
  fault: { readonly name: string; readonly start: number },
  client: Client,
  claim: Claim,
  robbed: readonly { readonly member: number; readonly key: KeyId }[],
  process: string,
): void {
  const { world, hash } = context;
  const keys = keysOf(world);
  const program = createKey(keys, `circuit/${fault.name}/${fault.start}/${client.id}`, [], hash);
  addHolder(keys, { key: program, process });
  forgeRoot(context, client, claim, { program, process });
  const host = chainOf(world, client.host);
  const read = readerAt(host, nodeOf(host, 0).head);
  const message = proposalBytes(hash, host.mode, client, read, program);
  const seen = new Set<number>();
  const signatures = robbed.flatMap(({ member, key }) => {
    if (seen.has(member)) return [];
    seen.add(member);
    return [Object.freeze({ member, signature: sign(keys, { key, process }, message, hash) })];
  });
  submit(context, host, {
    account: accountId(host, `carrier/${fault.name}`),
    calls: [
      {
        action: 'propose-program',
        arguments: Object.freeze({ client: client.id, program, signatures: Object.freeze(signatures) }),
      },
    ],
    gasLimit: PROPOSAL_GAS + SIGNATURE_GAS * signatures.length,
  });
  startCarrying(context, fault.name, claim);
}

const PROPOSAL_GAS = 150_000;
const SIGNATURE_GAS = 10_000;
