/** A world of two chains: a source, and a host with one client of it. */
import type { HashBackend } from '../../sim/base/bytes.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import { accountId, type Chain } from '../../models/chains/chain.ts';
import type { Call } from '../../models/chains/mempool.ts';
import { submit } from '../../models/chains/views.ts';
import { clientCalls } from '../../models/verifiers/client-calls.ts';
import {
  type Claim,
  type Client,
  clientsOf,
  type Evidence,
  type VerifierRule,
} from '../../models/verifiers/verifier.ts';
import type { VerifierVerdict } from '../../models/verifiers/verifier.ts';
import { addVotingChain, type SmallChain, type SmallWorld, smallWorld, type SmallWorldOptions } from './small-world.ts';

export interface ClientWorld {
  readonly small: SmallWorld;
  readonly source: SmallChain;
  readonly host: Chain;
  readonly client: Client;
  readonly rule: VerifierRule;
  /** What the `check` calls found, in order. */
  readonly verdicts: VerifierVerdict[];
}

export interface ClientWorldOptions {
  readonly mode?: ProofMode;
  readonly hash?: HashBackend;
  readonly rule: VerifierRule;
  readonly kind: string;
  readonly depth?: number;
  readonly parameters: unknown;
  readonly source: (small: SmallWorld) => SmallChain;
  readonly behaviours?: SmallWorldOptions['behaviours'];
}

export function clientWorld(options: ClientWorldOptions): ClientWorld {
  const verdicts: VerifierVerdict[] = [];
  const { rule } = options;
  const small = smallWorld({
    mode: options.mode ?? 'modelled',
    ...(options.hash === undefined ? {} : { hash: options.hash }),
    ...(options.behaviours === undefined ? {} : { behaviours: options.behaviours }),
    calls: {
      ...clientCalls,
      check: (execution, given) => {
        const { claim, evidence } = given as { claim: Claim; evidence: unknown };
        verdicts.push(rule.verify(execution, clientsOf(execution.context.world)[0]!, claim, evidence));
        return { kind: 'done', gas: 1 };
      },
    },
  });
  const source = options.source(small);
  const client: Client = {
    id: 0,
    kind: options.kind,
    host: source.chain.id + 1,
    counterparty: source.chain.id,
    depth: options.depth ?? 0,
    parameters: options.parameters,
  };
  clientsOf(small.simulation.world).push(client);
  const host = addVotingChain(small, {
    name: 'zone',
    powers: [1],
    timeouts: { commit: 500_000 as never },
    genesis: (execution) => rule.found(execution, client),
  });
  return { small, source, host: host.chain, client, rule, verdicts };
}

/** Sends calls in one transaction of a user. */
export function send({ small }: ClientWorld, chain: Chain, ...calls: Call[]): void {
  submit(small.simulation, chain, { account: accountId(chain, 'user'), calls, gasLimit: 20_000_000 });
}

export function write(world: ClientWorld, key: string, value: Uint8Array | undefined): void {
  send(world, world.source.chain, { action: 'write', arguments: Object.freeze({ key, value }) });
}

export function membership(key: string, value: Uint8Array): Claim {
  return { kind: 'commitment', lane: 0, sequence: 1, key, value };
}

export function absence(key: string): Claim {
  return { kind: 'absence', lane: 0, sequence: 1, key, value: new Uint8Array(0) };
}

/** What a carrier with the reference views of both chains brings. */
export function gatherNow({ small, client, rule, source, host }: ClientWorld, claim: Claim): Evidence {
  const view = { counterpartyHead: source.chain.head, hostHead: host.head };
  return rule.gather(small.simulation, client, claim, view);
}

/** Gathers evidence and sends it off with a check of the claim; the kind of what was gathered. */
export function carry(world: ClientWorld, claim: Claim): Evidence {
  const gathered = gatherNow(world, claim);
  if (gathered.kind !== 'ready') return gathered;
  const check = { action: 'check', arguments: Object.freeze({ claim, evidence: gathered.evidence }) };
  send(world, world.host, ...gathered.updates, check);
  return gathered;
}
