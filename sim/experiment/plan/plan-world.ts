/** Random chains, lanes and relayers, settled into a world in which every name leads somewhere. */
import fc from 'fast-check';
import {
  type ChainKind,
  chainKinds,
  type ChainPlan,
  type CommitteePlan,
  type LanePlan,
  type RelayerPlan,
  type WorldPlan,
} from './scenario-plan.ts';
import { some, whole } from './choices.ts';

export interface WorldOptions {
  readonly chainsMax?: number;
  readonly chainKinds?: readonly ChainKind[];
  readonly validatorsMax?: number;
  readonly lanesMax?: number;
  readonly verifiers?: readonly ('own' | 'committee')[];
  readonly relayersMax?: number;
}

const DEFAULTS = { chainsMax: 3, validatorsMax: 7, lanesMax: 3, relayersMax: 3, membersMax: 5 } as const;

interface ChainDraw extends Omit<ChainPlan, 'id'> {
  readonly kind: ChainKind;
}

interface LaneDraw {
  readonly from: number;
  readonly to: number;
  readonly verifier: 'own' | 'committee';
  readonly members: number;
  /** Signatures above half of the members that are asked for. */
  readonly more: number;
  readonly timeoutMs: number;
  readonly inFlightMax: number;
  readonly ordering: LanePlan['ordering'];
}

interface RelayerDraw {
  /** A bit a lane. */
  readonly lanes: number;
  readonly strategy: 'racing' | 'assigned';
  readonly count: number;
  readonly pollMs: number;
  readonly batch: number;
}

export interface WorldDraw {
  readonly lanes: readonly LaneDraw[];
  readonly relayers: readonly RelayerDraw[];
  readonly chains: readonly ChainDraw[];
  readonly proofs: 'hashed' | 'modelled';
}

/** Throws RangeError on options that allow nothing. */
export function worldDraw(options: WorldOptions): fc.Arbitrary<WorldDraw> {
  const kinds = some('chainKinds', options.chainKinds ?? chainKinds);
  const verifiers = some<'own' | 'committee'>('verifiers', options.verifiers ?? ['own', 'committee']);
  const list = <T>(arbitrary: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> =>
    fc.array(arbitrary, { minLength, maxLength, size: 'max' });
  return fc.record<WorldDraw>({
    lanes: list(laneDraw(verifiers), 1, whole('lanesMax', options.lanesMax ?? DEFAULTS.lanesMax, 1)),
    relayers: list(relayerDraw(), 1, whole('relayersMax', options.relayersMax ?? DEFAULTS.relayersMax, 1)),
    chains: list(
      chainDraw(
        chainKinds.filter((kind) => kinds.includes(kind)),
        whole('validatorsMax', options.validatorsMax ?? DEFAULTS.validatorsMax, 1),
      ),
      2,
      whole('chainsMax', options.chainsMax ?? DEFAULTS.chainsMax, 2),
    ),
    proofs: fc.constantFrom('hashed', 'modelled'),
  });
}

function chainDraw(kinds: readonly ChainKind[], validatorsMax: number): fc.Arbitrary<ChainDraw> {
  return fc.record<ChainDraw>({
    kind: fc.constantFrom(...kinds),
    powers: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: validatorsMax, size: 'max' }),
    blockMs: fc.integer({ min: 2, max: 8 }).map((seconds) => seconds * 1000),
    latencyMs: fc.integer({ min: 20, max: 400 }),
    lossPercent: fc.nat(10),
    duplicatePercent: fc.nat(10),
    skewMs: fc.integer({ min: -3_000, max: 3_000 }),
    depth: fc.integer({ min: 4, max: 10 }),
  });
}

function laneDraw(verifiers: readonly ('own' | 'committee')[]): fc.Arbitrary<LaneDraw> {
  return fc.record<LaneDraw>({
    from: fc.nat(255),
    to: fc.nat(255),
    verifier: fc.constantFrom(...verifiers),
    members: fc.integer({ min: 1, max: DEFAULTS.membersMax }),
    more: fc.nat(255),
    timeoutMs: fc.integer({ min: 20, max: 300 }).map((seconds) => seconds * 1000),
    inFlightMax: fc.constantFrom(0, 0, 0, 3, 2, 1),
    // MODEL: `strict` is not drawn: a timeout closes its lane for good, which says nothing of liveness.
    ordering: fc.constantFrom('unordered', 'unordered', 'ordered-allow-timeout'),
  });
}

function relayerDraw(): fc.Arbitrary<RelayerDraw> {
  return fc.record<RelayerDraw>({
    lanes: fc.nat(255),
    strategy: fc.constantFrom('racing', 'assigned'),
    count: fc.integer({ min: 1, max: 2 }),
    pollMs: fc.constantFrom(0, 0, 1_000, 3_000, 7_000),
    batch: fc.integer({ min: 1, max: 4 }),
  });
}

/** Names everything. Chains that no lane reaches are left out; the first relayer takes every packet of every lane. */
export function settleWorld(draw: WorldDraw): WorldPlan {
  const all = draw.chains.map((chain, index) => settleChain(chain, `c${index + 1}`));
  const lanes: LanePlan[] = [];
  for (const each of draw.lanes) lanes.push(settleLane(each, all, lanes));
  const chains = all.filter(({ id }) => lanes.some(({ from, to }) => from === id || to === id));
  const relayers = draw.relayers.map((each, index) => settleRelayer(each, index, lanes));
  return { chains, lanes, relayers, proofs: draw.proofs };
}

function settleChain(draw: ChainDraw, id: string): ChainPlan {
  const { kind } = draw;
  return {
    ...draw,
    id,
    powers: kind === 'parametric' ? [1] : draw.powers,
    depth: kind === 'proof-of-work' ? draw.depth : 0,
  };
}

function settleLane(draw: LaneDraw, chains: readonly ChainPlan[], before: readonly LanePlan[]): LanePlan {
  const from = chains[draw.from % chains.length] as ChainPlan;
  const others = chains.filter(({ id }) => id !== from.id);
  const to = others[draw.to % others.length] as ChainPlan;
  const name = `${from.id}-${to.id}`;
  const alike = before.filter((lane) => lane.from === from.id && lane.to === to.id).length;
  return {
    id: alike === 0 ? name : `${name}-${alike + 1}`,
    from: from.id,
    to: to.id,
    committee: draw.verifier === 'own' ? undefined : committeeOf(draw),
    timeoutMs: draw.timeoutMs,
    inFlightMax: draw.inFlightMax,
    ordering: draw.ordering,
  };
}

function committeeOf({ members, more }: LaneDraw): CommitteePlan {
  const half = Math.floor(members / 2) + 1;
  return { members, threshold: half + (more % (members - half + 1)) };
}

function settleRelayer(draw: RelayerDraw, index: number, lanes: readonly LanePlan[]): RelayerPlan {
  const ids = lanes.map(({ id }) => id);
  const own = ids.filter((_id, place) => ((draw.lanes >> (place % 8)) & 1) === 1);
  const isFirst = index === 0;
  return {
    id: `r${index + 1}`,
    lanes: isFirst || own.length === 0 ? ids : own,
    strategy: isFirst ? 'racing' : draw.strategy,
    count: isFirst ? 1 : draw.count,
    pollMs: draw.pollMs,
    batch: draw.batch,
  };
}
