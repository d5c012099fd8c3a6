/** Contract calls that move clients on or stop them, for every kind that tracks headers. */
import type { CallOutcome, CallTable, Execution } from '../chains/execution.ts';
import { isRecord, isWhole } from './client-store.ts';
import { upgradeLightClient } from './client-upgrade.ts';
import { updateHeaderChain } from './header-chain.ts';
import { submitMisbehaviour, updateLightClient } from './light-client.ts';
import { type Client, clientsOf } from './verifier.ts';

type ClientHandler = (execution: Execution, client: Client, callArguments: unknown) => CallOutcome;

const updates: Readonly<Record<string, ClientHandler>> = {
  'light-client': updateLightClient,
  'header-chain': updateHeaderChain,
};
const upgrades: Readonly<Record<string, ClientHandler>> = { 'light-client': upgradeLightClient };
const misbehaviours: Readonly<Record<string, ClientHandler>> = { 'light-client': submitMisbehaviour };

/** Gas of a call that names no client of its chain, or asks one for what its kind cannot do. */
const REFUSAL_GAS = 30_000;

export const clientCalls = {
  'update-client': (execution, callArguments) => route(execution, callArguments, updates),
  'upgrade-client': (execution, callArguments) => route(execution, callArguments, upgrades),
  'submit-misbehaviour': (execution, callArguments) => route(execution, callArguments, misbehaviours),
} as const satisfies CallTable;

function route(
  execution: Execution,
  callArguments: unknown,
  handlers: Readonly<Record<string, ClientHandler>>,
): CallOutcome {
  const id = isRecord(callArguments) ? callArguments['client'] : undefined;
  const client = isWhole(id) ? clientsOf(execution.context.world)[id] : undefined;
  const handler = client?.host === execution.chain.id ? handlers[client.kind] : undefined;
  if (client === undefined || handler === undefined) {
    return { kind: 'rejected', gas: REFUSAL_GAS, reason: 'unknown-client' };
  }
  return handler(execution, client, callArguments);
}
