/** Selectors of a fault's target: by id, by index range, or all. What matches nothing is a problem. */
import type { Directory } from './directory.ts';
import { type FaultProblem, problem, unknownName } from './problems.ts';

export const SELECTORS = [
  'chain',
  'validators',
  'lane',
  'relayer',
  'relayers',
  'traffic',
  'committee',
  'members',
  'causes',
  'watchers',
  'provers',
] as const;
export type Selector = (typeof SELECTORS)[number];

/** A target as the grammar gives it: ranges are lists of indices, `validators` and `members` are all where left out. */
export interface TargetText {
  readonly chain?: string | undefined;
  readonly validators?: readonly number[] | undefined;
  readonly lane?: string | undefined;
  readonly relayer?: string | undefined;
  readonly relayers?: readonly string[] | undefined;
  readonly traffic?: string | undefined;
  readonly committee?: string | undefined;
  readonly members?: readonly number[] | undefined;
  readonly causes?: readonly string[] | undefined;
  readonly watchers?: string | undefined;
  readonly provers?: string | undefined;
}

/** Which selectors a kind takes. */
export interface TargetRule {
  readonly required: readonly Selector[];
  /** Exactly one of these. */
  readonly oneOf?: readonly Selector[];
  readonly optional?: readonly Selector[];
  /** Consensus that the chain must have. */
  readonly consensus?: string;
}

/** A resolved target: ids, -1 or empty where the kind takes none. */
export interface Targets {
  readonly chain: number;
  /** Ascending. All of the chain unless `isWholeChain` is false. */
  readonly validators: readonly number[];
  /** Whether no validator was named. */
  readonly isWholeChain: boolean;
  readonly lane: number;
  /** Those named, or all that serve the lane. */
  readonly relayers: readonly number[];
  readonly traffic: number;
  readonly committee: number;
  readonly members: readonly number[];
  /** Causes that attesters have in common. */
  readonly causes: readonly number[];
  /** Lane whose watchers it acts on. */
  readonly watchers: number;
  /** Lane whose provers it acts on. */
  readonly provers: number;
}

export type ResolvedTarget =
  { readonly ok: true; readonly value: Targets } | { readonly ok: false; readonly problems: readonly FaultProblem[] };

export function resolveTarget(rule: TargetRule, target: TargetText, directory: Directory): ResolvedTarget {
  const problems = checkShape(rule, target);
  const chain = idOf(problems, 'chain', target.chain, directory.chains);
  const lane = idOf(problems, 'lane', target.lane, directory.lanes);
  const traffic = idOf(problems, 'traffic', target.traffic, directory.traffics);
  const committee = idOf(problems, 'committee', target.committee, directory.committees);
  const ofChain = directory.chains[chain];
  if (ofChain !== undefined && rule.consensus !== undefined && ofChain.consensus !== rule.consensus) {
    const details = {
      expected: `a chain with consensus ${rule.consensus}`,
      got: `${ofChain.name}, ${ofChain.consensus}`,
    };
    problems.push(problem(['target', 'chain'], 'nothing of that kind on the chain', details));
  }
  const value: Targets = {
    chain,
    validators: indices(problems, 'validators', target.validators, ofChain?.validators),
    isWholeChain: target.validators === undefined,
    lane,
    relayers: relayersOf(problems, target, lane, directory),
    traffic,
    committee,
    members: indices(problems, 'members', target.members, directory.committees[committee]?.members),
    causes: (target.causes ?? []).map((name) => idOf(problems, 'causes', name, directory.causes)),
    watchers: idOf(problems, 'watchers', target.watchers, directory.lanes),
    provers: idOf(problems, 'provers', target.provers, directory.lanes),
  };
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

function checkShape(rule: TargetRule, target: TargetText): FaultProblem[] {
  const given = SELECTORS.filter((selector) => target[selector] !== undefined);
  const oneOf = rule.oneOf ?? [];
  const taken = [...rule.required, ...oneOf, ...(rule.optional ?? [])];
  const problems = given
    .filter((selector) => !taken.includes(selector))
    .map((selector) =>
      problem(['target', selector], `this kind takes no ${selector}`, {
        expected: `one of ${taken.join(', ')}`,
        got: selector,
      }),
    );
  for (const selector of rule.required) {
    if (!given.includes(selector)) problems.push(problem(['target'], `${selector} is missing`, { expected: selector }));
  }
  const chosen = given.filter((selector) => oneOf.includes(selector));
  if (oneOf.length > 0 && chosen.length !== 1) {
    const details = { expected: `exactly one of ${oneOf.join(', ')}`, got: chosen.join(', ') };
    problems.push(problem(['target'], chosen.length === 0 ? 'the target is open' : 'two targets at once', details));
  }
  return problems;
}

function idOf(
  problems: FaultProblem[],
  selector: Selector,
  name: string | undefined,
  known: readonly { readonly name: string }[],
): number {
  if (name === undefined) return -1;
  const id = known.findIndex((each) => each.name === name);
  if (id === -1)
    problems.push(
      unknownName(
        ['target', selector],
        selector,
        name,
        known.map((each) => each.name),
      ),
    );
  return id;
}

/** Ascending, each once. `count` is undefined where what they are of is unknown itself. */
function indices(
  problems: FaultProblem[],
  selector: 'validators' | 'members',
  chosen: readonly number[] | undefined,
  count: number | undefined,
): number[] {
  if (count === undefined) return [];
  if (chosen === undefined) return Array.from({ length: count }, (_, index) => index);
  const beyond = chosen.filter((index) => index >= count);
  if (beyond.length > 0 || chosen.length === 0) {
    const details = { expected: count === 1 ? '0' : `0..${count - 1}`, got: beyond.join(', ') };
    problems.push(problem(['target', selector], `no such ${selector}`, details));
  }
  return [...new Set(chosen)].filter((index) => index < count).sort((a, b) => a - b);
}

function relayersOf(problems: FaultProblem[], target: TargetText, lane: number, directory: Directory): number[] {
  const names = [...(target.relayers ?? []), ...(target.relayer === undefined ? [] : [target.relayer])];
  const selector = target.relayer === undefined ? 'relayers' : 'relayer';
  const found: number[] = [];
  for (const name of names) {
    // An entry with a count stands for all of its copies.
    const ids = directory.relayers.flatMap((each, id) =>
      each.name === name || (each.name.startsWith(`${name}.`) && /^\d+$/.test(each.name.slice(name.length + 1)))
        ? [id]
        : [],
    );
    if (ids.length === 0) {
      problems.push(
        unknownName(
          ['target', selector],
          'relayer',
          name,
          directory.relayers.map((each) => each.name),
        ),
      );
    }
    found.push(...ids);
  }
  if (names.length === 0 && lane !== -1) {
    found.push(...directory.relayers.flatMap(({ lanes }, id) => (lanes.includes(lane) ? [id] : [])));
  }
  return [...new Set(found)].sort((a, b) => a - b);
}
