/**
 * A verifier that parts packets by what is in them: by who sent them and how much they move. The first route that a packet
 * fits decides; what fits none goes to the last, where it bears no condition, and is refused otherwise.
 * @source Hyperlane AmountRoutingIsm and RoutingIsm; Across, confirmations that grow with the value.
 */
import type { World } from '../../sim/kernel/world.ts';
import { isRecord } from './client-store.ts';
import { type Claim, clientOf, ruleOf, type VerifierRule, type VerifierTable } from './verifier.ts';

export interface Route {
  readonly name: string;
  readonly client: number;
  /** Largest amount that it takes, in base units of an asset by its name at home; undefined for any. */
  readonly upTo?: { readonly asset: string; readonly amount: bigint };
  /** Prefixes of the accounts that it takes packets from; undefined for any. */
  readonly senders?: readonly string[];
}

export interface RouteParameters {
  /** In order. One without conditions takes all that comes to it. */
  readonly parts: readonly Route[];
}

export interface RoutedEvidence {
  readonly evidence: unknown;
}

/** What a route looks at. */
export interface RoutedPacket {
  /** Account at the source. */
  readonly sender: string;
  /** Name of the asset at its home; empty where nothing is moved. */
  readonly asset: string;
  readonly amount: bigint;
}

/** Reads the packet of a claim; undefined where the claim names none. */
export type ReadPacket = (world: World, claim: Claim) => RoutedPacket | undefined;

export function createRoute(table: () => VerifierTable, read: ReadPacket): VerifierRule {
  return {
    found() {
      // Its routes are clients, and found on their own.
    },

    verify(execution, client, claim, evidence) {
      const { world } = execution.context;
      const route = routeOf(client.parameters as RouteParameters, read(world, claim));
      if (route === undefined) return { kind: 'rejected', gas: 0, reason: 'no-route' };
      if (!isRecord(evidence)) return { kind: 'rejected', gas: 0, reason: 'evidence-malformed' };
      const child = clientOf(world, route.client);
      const verdict = ruleOf(table(), child).verify(execution, child, claim, evidence['evidence']);
      return verdict.kind === 'accepted' ? verdict : { ...verdict, reason: `${route.name}/${verdict.reason}` };
    },

    gather(context, client, claim, view) {
      const route = routeOf(client.parameters as RouteParameters, read(context.world, claim));
      // No evidence will ever do: for its carrier that is as good as untrue.
      if (route === undefined) return { kind: 'untrue' };
      const child = clientOf(context.world, route.client);
      const gathered = ruleOf(table(), child).gather(context, child, claim, view);
      if (gathered.kind !== 'ready') return gathered;
      return { ...gathered, evidence: Object.freeze({ evidence: gathered.evidence }) };
    },
  };
}

function routeOf({ parts }: RouteParameters, packet: RoutedPacket | undefined): Route | undefined {
  if (packet === undefined) return undefined;
  return parts.find(({ upTo, senders }) => {
    if (upTo !== undefined && (upTo.asset !== packet.asset || packet.amount > upTo.amount)) return false;
    return senders === undefined || senders.some((prefix) => packet.sender.startsWith(prefix));
  });
}
