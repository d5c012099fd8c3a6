/**
 * Committees whose keys change: with each epoch some members sign with new keys, and what the old set has signed counts
 * until its grace is over.
 * @source wormhole@640e184 ethereum/contracts/Setters.sol: the old guardian set is valid for 86,400 s after a rotation.
 */
import type { Context } from '../../sim/kernel/simulation.ts';
import { chainClock, chainOf } from '../chains/chain.ts';
import { keysOf } from '../keys/key-room.ts';
import { createKey, type KeyId } from '../keys/keys.ts';
import { keyRotated } from '../records.ts';
import { type CommitteeParameters, epochAt, generationOf, keyNameOf } from '../verifiers/committee-set.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { attestersOf, type AttesterState } from './attester.ts';
import { committeeOf } from './committees.ts';

/** Epoch of the set that signs for a client now, by the clock of its host; undefined where keys never change. */
export function epochOf(context: Context, clientId: number): number | undefined {
  const client = clientOf(context.world, clientId);
  const parameters = client.parameters as CommitteeParameters;
  if (parameters.rotation === undefined) return undefined;
  return epochAt(parameters.rotation, chainClock(chainOf(context.world, client.host), context.now));
}

/** The key that an attester signs with for a client in an epoch, made when it is first asked for. */
export function keyIn(context: Context, state: AttesterState, clientId: number, epoch: number | undefined): KeyId {
  const parameters = clientOf(context.world, clientId).parameters as CommitteeParameters;
  if (epoch === undefined || parameters.rotation === undefined) return state.key;
  const generation = generationOf(parameters, state.member, epoch);
  if (generation === 0) return state.key;
  const keys = keysOf(context.world);
  const name = keyNameOf(parameters, state.member, generation);
  const known = keys.byName.get(name);
  if (known !== undefined) return known;
  const processes = committeeOf(context.world, state.committee)
    .attesters.map((id) => context.world.entities[attestersOf(context.world)[id] ?? -1]?.state as AttesterState)
    .filter(({ member }) => member === state.member);
  const names = processes.map(({ name: process }) => process);
  const key = createKey(keys, name, names, context.hash);
  for (const { id, committee } of processes) context.record(keyRotated, { committee, attester: id, key });
  return key;
}
