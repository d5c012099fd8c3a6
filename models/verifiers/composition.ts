/**
 * Verifiers put together of others: all of them, any, enough of them, or some required and enough of the optional. Each
 * part is a client of its own, and the evidence is a tree of the same shape.
 * @source LayerZero v2 ReceiveUlnBase, _checkVerifiable: every required DVN, and a threshold of the optional ones;
 * Hyperlane AbstractAggregationIsm: m of n modules.
 */
import type { Context } from '../../sim/kernel/simulation.ts';
import { isRecord, isWhole } from './client-store.ts';
import {
  ATTESTATIONS,
  type CarrierView,
  type Claim,
  type Client,
  clientOf,
  type Evidence,
  type ProofPoint,
  ruleOf,
  type VerifierRule,
  type VerifierTable,
  type VerifierVerdict,
} from './verifier.ts';

export interface Part {
  readonly name: string;
  readonly client: number;
  readonly isRequired: boolean;
}

export interface CompositionParameters {
  readonly parts: readonly Part[];
  /** How many of the parts that are not required must accept. */
  readonly atLeast: number;
}

/** Evidence of a composition: that of the parts which the carrier chose, by their place. */
export interface ComposedEvidence {
  readonly parts: readonly { readonly part: number; readonly evidence: unknown }[];
}

type Ready = Extract<Evidence, { kind: 'ready' }>;

/** The rule of every composition, over the table that its parts are looked up in. */
export function createComposition(table: () => VerifierTable): VerifierRule {
  return {
    found() {
      // Its parts are clients, and found on their own.
    },

    verify(execution, client, claim, evidence): VerifierVerdict {
      const { parts, atLeast } = client.parameters as CompositionParameters;
      const offered = readEvidence(evidence);
      if (offered === undefined) return { kind: 'rejected', gas: 0, reason: 'evidence-malformed' };
      const verdicts = new Map<number, VerifierVerdict>();
      let gas = 0;
      for (const { part: place, evidence: own } of offered.parts) {
        const part = parts[place];
        if (part === undefined) return { kind: 'rejected', gas, reason: 'unknown-part' };
        if (verdicts.has(place)) return { kind: 'rejected', gas, reason: 'duplicate-part' };
        const child = clientOf(execution.context.world, part.client);
        const verdict = ruleOf(table(), child).verify(execution, child, claim, own);
        gas += verdict.gas;
        verdicts.set(place, verdict);
      }
      const reason = shortfall(parts, atLeast, verdicts);
      if (reason !== '') return { kind: 'rejected', gas, reason };
      return { kind: 'accepted', gas, ...weakest([...verdicts.values()].filter(isAccepted)) };
    },

    gather(context, client, claim, view) {
      const { parts, atLeast } = client.parameters as CompositionParameters;
      return compose(
        parts,
        atLeast,
        claim,
        parts.map((part) => gatherPart(context, table(), part.client, claim, view)),
      );
    },
  };
}

function gatherPart(context: Context, table: VerifierTable, id: number, claim: Claim, view: CarrierView): Evidence {
  const child: Client = clientOf(context.world, id);
  return ruleOf(table, child).gather(context, child, claim, view);
}

function isAccepted(verdict: VerifierVerdict): verdict is Extract<VerifierVerdict, { kind: 'accepted' }> {
  return verdict.kind === 'accepted';
}

/** Why the parts do not suffice: each that failed, by name, with its own reason. Empty where they do. */
function shortfall(parts: readonly Part[], atLeast: number, verdicts: ReadonlyMap<number, VerifierVerdict>): string {
  const required: string[] = [];
  const optional: string[] = [];
  let accepted = 0;
  parts.forEach(({ name, isRequired }, place) => {
    const verdict = verdicts.get(place);
    if (verdict?.kind === 'accepted') {
      if (!isRequired) accepted++;
    } else if (verdict !== undefined) (isRequired ? required : optional).push(`${name}/${verdict.reason}`);
    else if (isRequired) required.push(`${name}/missing`);
  });
  if (required.length > 0) return required.join(' ');
  return accepted >= atLeast ? '' : [`${accepted}-of-${atLeast}`, ...optional].join(' ');
}

/**
 * The point at which all of them hold the claim to be true. An absence is worth the time at which it was seen: the oldest
 * counts, or a late absence of one part would vouch for an early one of another.
 */
function weakest(points: readonly ProofPoint[]): ProofPoint {
  const first = points[0] as ProofPoint;
  const oldest = points.reduce((least, point) => (point.height < least.height ? point : least), first);
  const chainUs = Math.min(...points.map((point) => point.chainUs));
  return { height: oldest.height, chainUs, block: oldest.block };
}

/** What of the parts' evidence is brought: all that is required, and just enough of the rest. */
function compose(parts: readonly Part[], atLeast: number, claim: Claim, gathered: readonly Evidence[]): Evidence {
  const chosen = parts.flatMap(({ isRequired }, place) => (isRequired ? [place] : []));
  const ready = parts.flatMap(({ isRequired }, place) =>
    !isRequired && gathered[place]?.kind === 'ready' ? [place] : [],
  );
  // Of absences the latest are worth most; of what stays true, the first that the tree names is as good as any.
  if (claim.kind === 'absence') {
    const timeOf = (place: number): number => (gathered[place] as Ready).point.chainUs;
    ready.sort((a, b) => timeOf(b) - timeOf(a) || a - b);
  }
  const isComplete = chosen.every((place) => gathered[place]?.kind === 'ready') && ready.length >= atLeast;
  if (!isComplete) return shortOf(parts, atLeast, gathered);
  chosen.push(...ready.slice(0, atLeast));
  const all = chosen.map((place) => gathered[place] as Ready);
  return {
    kind: 'ready',
    evidence: Object.freeze({
      parts: Object.freeze(chosen.map((part) => Object.freeze({ part, evidence: (gathered[part] as Ready).evidence }))),
    }),
    updates: all.flatMap(({ updates }) => updates),
    point: weakest(all.map(({ point }) => point)),
  };
}

/** Untrue where the parts that call it so leave too few; otherwise what it waits for. */
function shortOf(parts: readonly Part[], atLeast: number, gathered: readonly Evidence[]): Evidence {
  const isUntrue = (place: number): boolean => gathered[place]?.kind === 'untrue';
  let left = 0;
  for (const [place, { isRequired }] of parts.entries()) {
    if (isRequired && isUntrue(place)) return { kind: 'untrue' };
    if (!isRequired && !isUntrue(place)) left++;
  }
  if (left < atLeast) return { kind: 'untrue' };
  const first = gathered.flatMap((each) => (each.kind === 'first' ? each.calls : []));
  if (first.length > 0) return { kind: 'first', calls: first };
  const reasons = gathered.flatMap((each) => (each.kind === 'waiting' ? [each.reason] : []));
  // Signatures are announced; whoever waits for anything else must look again at every view.
  const reason = reasons.find((each) => each !== ATTESTATIONS) ?? ATTESTATIONS;
  const updates = gathered.flatMap((each) => (each.kind === 'waiting' ? (each.updates ?? []) : []));
  return { kind: 'waiting', reason, ...(updates.length === 0 ? {} : { updates }) };
}

function readEvidence(evidence: unknown): ComposedEvidence | undefined {
  if (!isRecord(evidence) || !Array.isArray(evidence['parts'])) return undefined;
  const isShaped = evidence['parts'].every((each: unknown) => isRecord(each) && isWhole(each['part']));
  return isShaped ? (evidence as unknown as ComposedEvidence) : undefined;
}
