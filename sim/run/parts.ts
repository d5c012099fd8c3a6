/** Every part of this build, put together once: what a world runs on. */
import type { HashBackend } from '../base/bytes.ts';
import { nobleHash } from '../base/noble-hash.ts';
import type { Behaviour, Observer } from '../kernel/simulation.ts';
import { createRemoteCall, remoteCall } from '../../models/applications/remote-call.ts';
import { createTransfer, tokenTransfer } from '../../models/applications/token-transfer.ts';
import { trafficBehaviour } from '../../models/applications/traffic.ts';
import { attesterBehaviour } from '../../models/attesters/attester.ts';
import { createParametric } from '../../models/chains/consensus/parametric.ts';
import { createProofOfWork } from '../../models/chains/consensus/proof-of-work.ts';
import { type CallTable, createExecutor } from '../../models/chains/execution.ts';
import { limiters } from '../../models/controls/limiters.ts';
import { pauses } from '../../models/controls/pauses.ts';
import { forgetSettled } from '../../models/lanes/forgetting.ts';
import { orderings } from '../../models/lanes/orderings.ts';
import { createPacketMachine } from '../../models/lanes/packet-machine.ts';
import { records } from '../../models/records.ts';
import { createRelayer } from '../../models/relayers/behaviour.ts';
import { committee } from '../../models/verifiers/committee.ts';
import type { VerifierTable } from '../../models/verifiers/verifier.ts';
import type { RunParts } from './build/world.ts';

/** Puts the built-in parts together over a hash backend and a set of observers. */
export function createRunParts(observers: readonly Observer[], hash: HashBackend = nobleHash): RunParts {
  const verifiers: VerifierTable = { committee };
  const machine = createPacketMachine({
    verifiers,
    applications: { 'token-transfer': tokenTransfer, 'remote-call': remoteCall },
    limiters,
    pauses,
    orderings,
  });
  const calls: CallTable = {
    ...machine.calls,
    transfer: createTransfer(machine.send),
    call: createRemoteCall(machine.send),
  };
  const executor = createExecutor(calls, [forgetSettled]);
  const behaviours = [
    createParametric(executor, () => undefined),
    createProofOfWork(executor, () => undefined),
    attesterBehaviour,
    createRelayer(verifiers),
    trafficBehaviour,
  ] as unknown as readonly Behaviour[];
  return { hash, records, behaviours, observers, verifiers };
}
