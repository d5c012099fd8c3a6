/** Every part of this build, put together once: what a world runs on. */
import type { HashBackend } from '../base/bytes.ts';
import { nobleHash } from '../base/noble-hash.ts';
import type { Behaviour, Observer } from '../kernel/simulation.ts';
import { createForwarding, createTransferThrough, FORWARDED } from '../../models/applications/forwarding.ts';
import { createRemoteCall, remoteCall } from '../../models/applications/remote-call.ts';
import { createTransfer, tokenTransfer } from '../../models/applications/token-transfer.ts';
import { createTransferAndCall } from '../../models/applications/transfer-and-call.ts';
import { trafficBehaviour } from '../../models/applications/traffic.ts';
import { attesterBehaviour } from '../../models/attesters/behaviour.ts';
import { posterBehaviour } from '../../models/attesters/poster.ts';
import { proverBehaviour } from '../../models/attesters/prover.ts';
import { watcherBehaviour } from '../../models/attesters/watcher.ts';
import { createBft } from '../../models/chains/consensus/bft.ts';
import { sealByAuthority } from '../../models/chains/consensus/bft-sealing.ts';
import { updateValidator } from '../../models/chains/consensus/bft-sets.ts';
import { createParametric } from '../../models/chains/consensus/parametric.ts';
import { createParachain } from '../../models/chains/layered/parachain.ts';
import { parachainCalls } from '../../models/chains/layered/parachain-contract.ts';
import { rollupCalls } from '../../models/chains/layered/rollup-contract.ts';
import { rollupOperatorBehaviour } from '../../models/chains/layered/rollup-operator.ts';
import { createSequencer } from '../../models/chains/layered/sequencer.ts';
import { createProofOfWork } from '../../models/chains/consensus/proof-of-work.ts';
import { createSlots } from '../../models/chains/consensus/slots.ts';
import { type CallTable, createExecutor } from '../../models/chains/execution.ts';
import { applyUpgrades } from '../../models/chains/upgrades.ts';
import { includeEvidence } from '../../models/chains/evidence.ts';
import type { ApplicationTable } from '../../models/lanes/application.ts';
import { createPacketReader } from '../../models/lanes/claimed-packets.ts';
import { limiters } from '../../models/controls/limiters.ts';
import { operatorBehaviour } from '../../models/controls/operators.ts';
import { pauses } from '../../models/controls/pauses.ts';
import { createCarrier } from '../../models/faults/carrier.ts';
import { createFaultBehaviour } from '../../models/faults/fault-entity.ts';
import { faults } from '../../models/faults/faults.ts';
import { forgetSettled } from '../../models/lanes/forgetting.ts';
import { administration } from '../../models/lanes/administration.ts';
import { createOpening } from '../../models/lanes/opening.ts';
import { createOpener } from '../../models/relayers/opener.ts';
import { createDisposal } from '../../models/lanes/disposal.ts';
import { orderings } from '../../models/lanes/orderings.ts';
import { createPacketMachine } from '../../models/lanes/packet-machine.ts';
import { records } from '../../models/records.ts';
import { createRelayer } from '../../models/relayers/behaviour.ts';
import { clientCalls } from '../../models/verifiers/client-calls.ts';
import { committee } from '../../models/verifiers/committee.ts';
import { createComposition } from '../../models/verifiers/composition.ts';
import { hashLock, hashLockCalls } from '../../models/verifiers/hash-lock.ts';
import { headerChain, sealProofOfWork } from '../../models/verifiers/header-chain.ts';
import { lightClient } from '../../models/verifiers/light-client.ts';
import { createOptimistic } from '../../models/verifiers/optimistic.ts';
import { proofChain } from '../../models/verifiers/proof-chain.ts';
import { createRoute } from '../../models/verifiers/route.ts';
import { programCalls } from '../../models/verifiers/program-key.ts';
import { validityCalls, validityProof } from '../../models/verifiers/validity-proof.ts';
import { sharedSecurity } from '../../models/verifiers/shared-security.ts';
import type { VerifierRule, VerifierTable } from '../../models/verifiers/verifier.ts';
import type { RunParts } from './build/world.ts';

/** What may be changed of the built-in parts: by plug-ins, and by tests that plant a bug. Each is given the built-in piece. */
export interface PartChanges {
  readonly verifiers?: ((builtIn: VerifierTable) => VerifierTable) | undefined;
  readonly applications?: ((builtIn: ApplicationTable) => ApplicationTable) | undefined;
  readonly calls?: ((builtIn: CallTable) => CallTable) | undefined;
  readonly behaviours?: ((builtIn: readonly Behaviour[]) => readonly Behaviour[]) | undefined;
}

const leaves: VerifierTable = {
  'light-client': lightClient,
  'header-chain': headerChain,
  committee,
  'proof-chain': proofChain,
  'validity-proof': validityProof,
  'shared-security': sharedSecurity,
  'hash-lock': hashLock,
};

/** `table` is what the parts of a tree are looked up in: the table that this one becomes part of. */
function verifiersOver(
  table: () => VerifierTable,
  applicationsInUse: ApplicationTable,
  optimistic: VerifierRule,
): VerifierTable {
  const composition = createComposition(table);
  const route = createRoute(table, createPacketReader(applicationsInUse));
  return {
    ...leaves,
    all: composition,
    any: composition,
    threshold: composition,
    'required-optional': composition,
    route,
    optimistic,
  };
}

/** Puts the built-in parts together over a hash backend and a set of observers. */
export function createRunParts(
  observers: readonly Observer[],
  hash: HashBackend = nobleHash,
  changes: PartChanges = {},
): RunParts {
  const applications: ApplicationTable = {
    'token-transfer': tokenTransfer,
    'remote-call': remoteCall,
    [FORWARDED]: createForwarding(() => machine),
  };
  const applicationsInUse = changes.applications?.(applications) ?? applications;
  const optimistic = createOptimistic(() => verifiers);
  const verifiersBuiltIn = verifiersOver(() => verifiers, applicationsInUse, optimistic.rule);
  const verifiers: VerifierTable = changes.verifiers?.(verifiersBuiltIn) ?? verifiersBuiltIn;
  const machine = createPacketMachine({
    verifiers,
    applications: applicationsInUse,
    limiters,
    pauses,
    orderings,
  });
  const callsBuiltIn: CallTable = {
    ...machine.calls,
    ...administration,
    ...createDisposal(machine.calls.execute),
    'open-step': createOpening(verifiers),
    transfer: createTransfer(machine.send),
    'transfer-through': createTransferThrough(machine.send),
    'transfer-and-call': createTransferAndCall(machine.send),
    call: createRemoteCall(machine.send),
    ...clientCalls,
    ...optimistic.calls,
    ...validityCalls,
    ...programCalls,
    'update-validator': updateValidator,
    ...hashLockCalls,
    ...rollupCalls,
    ...parachainCalls,
  };
  const calls = changes.calls?.(callsBuiltIn) ?? callsBuiltIn;
  const executor = createExecutor(calls, [includeEvidence, applyUpgrades, forgetSettled]);
  const behavioursBuiltIn = [
    createParametric(executor, sealByAuthority),
    createProofOfWork(executor, sealProofOfWork),
    createBft(executor),
    createSlots(executor),
    createSequencer(executor, sealByAuthority),
    createParachain(executor, sealByAuthority),
    rollupOperatorBehaviour,
    attesterBehaviour,
    watcherBehaviour,
    proverBehaviour,
    posterBehaviour,
    createRelayer(verifiers),
    trafficBehaviour,
    operatorBehaviour,
    createFaultBehaviour(faults),
    createCarrier(verifiers),
    createOpener(verifiers),
  ] as unknown as readonly Behaviour[];
  const behaviours = changes.behaviours?.(behavioursBuiltIn) ?? behavioursBuiltIn;
  return { hash, records, behaviours, observers, verifiers };
}
