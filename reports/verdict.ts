/**
 * The verdict of a run from findings, expectations, assumptions, thresholds and what was never exercised. The worst
 * wins: a violation, an unmet expectation or a broken threshold (1), then what is not decided (4), then as expected (0).
 */
import { assumptionKinds } from './observers/assumption-kinds.ts';
import type { AssumptionsState } from './observers/assumptions.ts';
import type { AssumptionState } from './observers/intervals.ts';
import type { Finding } from './observers/judge-state.ts';
import { type JudgedProperty, limitText, measuredText } from './results.ts';
import type { JudgedThreshold } from './thresholds.ts';

/** What the scenario says will come out. `safety` and `liveness` hold where nothing is said. */
export interface Expectation {
  readonly safety?: 'hold' | 'violated';
  readonly liveness?: 'hold' | 'violated';
  readonly assumptions?: 'hold' | 'broken';
  /** By slug. */
  readonly properties?: Readonly<Record<string, 'hold' | 'violated'>>;
}

export type VerdictName = 'as-expected' | 'violation' | 'unmet' | 'threshold' | 'inconclusive';

export interface Verdict {
  readonly code: 0 | 1 | 4;
  readonly name: VerdictName;
  /** Findings with what excuses them, unmet expectations and what is not decided, one a line. */
  readonly lines: readonly string[];
  /**
   * Properties that failed against expectation after an assumption that they need broke: the but-for replay decides.
   */
  readonly excusable: readonly { readonly property: string; readonly assumptions: readonly string[] }[];
  /** Applicable properties that nothing exercised. */
  readonly notExercised: readonly string[];
}

export interface VerdictInputs {
  readonly properties: readonly JudgedProperty[];
  readonly assumptions: AssumptionsState;
  readonly expect: Expectation;
  readonly thresholds?: readonly JudgedThreshold[];
  readonly horizonUs: number;
}

/** Whole seconds with as many decimals as the microseconds need: 47.013s. */
export function formatSeconds(us: number): string {
  const size = Math.abs(us);
  const rest = size % 1_000_000;
  const decimals = rest === 0 ? '' : `.${`${1_000_000 + rest}`.slice(1).replace(/0+$/, '')}`;
  return `${us < 0 ? '-' : ''}${(size - rest) / 1_000_000}${decimals}s`;
}

function expected(expect: Expectation, property: JudgedProperty): 'hold' | 'violated' | 'either' {
  const own = expect.properties?.[property.part.slug];
  if (own !== undefined) return own;
  // A group that is expected to be violated says of none of its properties that it must be.
  return (expect[property.part.group] ?? 'hold') === 'hold' ? 'hold' : 'either';
}

function label(property: JudgedProperty): string {
  return `${property.part.id} ${property.part.slug}`;
}

/** First finding by time. */
function firstFinding(property: JudgedProperty): Finding | undefined {
  let first: Finding | undefined;
  for (const finding of property.findings) if (first === undefined || finding.timeUs < first.timeUs) first = finding;
  return first;
}

/** One phrase on an assumption up to a time: held, or since when, by how much and by which faults it was broken. */
function describeAssumption(assumption: AssumptionState, untilUs: number): { phrase: string; isBroken: boolean } {
  const subject = assumption.subjectName === '' ? '' : `(${assumption.subjectName})`;
  const name = `${assumptionKinds[assumption.kind].id}${subject}`;
  const broken = assumption.intervals.find((each) => !each.holds && each.fromUs <= untilUs);
  if (broken === undefined) return { phrase: `${name} held 0s..${formatSeconds(untilUs)}`, isBroken: false };
  const by =
    broken.faults.length === 0
      ? ''
      : `, by ${broken.faults.length === 1 ? 'fault' : 'faults'} ${broken.faults.join(', ')}`;
  const measure = `${assumption.kind} ${measuredText(broken)}, limit ${limitText(assumption)}`;
  return { phrase: `${name} broken ${formatSeconds(broken.fromUs)}..: ${measure}${by}`, isBroken: true };
}

interface Collected {
  readonly lines: string[];
  readonly excusable: { property: string; assumptions: string[] }[];
  isViolated: boolean;
  isUnmet: boolean;
  isBroken: boolean;
  isOpen: boolean;
}

function violationLine(inputs: VerdictInputs, property: JudgedProperty, out: Collected): void {
  const first = firstFinding(property);
  const where = first === undefined ? '' : first.message === '' ? `  at ${first.component}` : `  m=${first.message}`;
  const when = first === undefined ? '' : `  t=${formatSeconds(first.timeUs)}  ${first.what} (event ${first.event})`;
  const required = inputs.assumptions.assumptions
    .filter((each) => property.part.requires.includes(each.kind))
    .map((each) => describeAssumption(each, first?.timeUs ?? 0));
  const phrases = required.map((each) => each.phrase);
  const more = property.found > 1 ? `   ${property.found} in all` : '';
  const basis = phrases.length === 0 ? 'none declared' : phrases.join(', ');
  out.lines.push(`UNEXPLAINED ${label(property)}${where}${when}${more}   assumptions required: ${basis}`);
  const broken = required.filter((each) => each.isBroken).map((each) => each.phrase);
  if (broken.length > 0) out.excusable.push({ property: property.part.slug, assumptions: broken });
}

function judgeProperty(inputs: VerdictInputs, property: JudgedProperty, out: Collected): void {
  const want = expected(inputs.expect, property);
  const isNamed = inputs.expect.properties?.[property.part.slug] !== undefined;
  if (property.found > 0 && want === 'hold') {
    out.isViolated = true;
    violationLine(inputs, property, out);
    return;
  }
  if (property.found === 0 && isNamed && property.checked === 0 && property.notDue === 0) {
    out.isOpen = true;
    const why = property.applies ? 'was never exercised' : 'does not apply to this scenario';
    out.lines.push(`INCONCLUSIVE ${label(property)}   ${why}`);
    return;
  }
  if (property.notDue > 0 && want !== 'either' && property.found === 0) {
    out.isOpen = true;
    const all = property.notDue + property.checked;
    const drainUs = Math.max(0, property.latestDueUs - inputs.horizonUs);
    const drain = `rerun with drain >= ${Math.ceil(drainUs / 1_000_000)}s`;
    const latest = `latest ${formatSeconds(property.latestDueUs)}`;
    out.lines.push(
      `INCONCLUSIVE ${label(property)}   ${property.notDue} of ${all} obligations not due at the drain cap ` +
        `(${latest}): ${drain}`,
    );
    return;
  }
  if (property.found === 0 && want === 'violated') {
    out.isUnmet = true;
    out.lines.push(`UNMET EXPECTATION ${label(property)}   expected violated, and it held ${property.checked} times`);
  }
}

function judgeGroup(inputs: VerdictInputs, group: 'safety' | 'liveness', out: Collected): void {
  if (inputs.expect[group] !== 'violated') return;
  const members = inputs.properties.filter((property) => property.part.group === group);
  if (members.some((property) => property.found > 0)) return;
  out.isUnmet = true;
  out.lines.push(`UNMET EXPECTATION ${group}   expected violated, and every property of it held`);
}

function judgeAssumptions(inputs: VerdictInputs, out: Collected): void {
  const want = inputs.expect.assumptions;
  if (want === undefined) return;
  const all = inputs.assumptions.assumptions.map((each) => describeAssumption(each, inputs.assumptions.endedUs));
  const broken = all.filter((each) => each.isBroken);
  if (want === 'hold' && broken.length > 0) {
    out.isUnmet = true;
    out.lines.push(`UNMET EXPECTATION assumptions   expected to hold: ${broken.map((each) => each.phrase).join(', ')}`);
  }
  if (want === 'broken' && broken.length === 0) {
    out.isUnmet = true;
    out.lines.push(`UNMET EXPECTATION assumptions   expected broken: ${all.map((each) => each.phrase).join(', ')}`);
  }
}

/** Judges a run. Codes 2, 3, 5, 6 and 130 are not given here. */
export function decideVerdict(inputs: VerdictInputs): Verdict {
  const out: Collected = {
    lines: [],
    excusable: [],
    isViolated: false,
    isUnmet: false,
    isBroken: false,
    isOpen: false,
  };
  for (const property of inputs.properties) judgeProperty(inputs, property, out);
  judgeGroup(inputs, 'safety', out);
  judgeGroup(inputs, 'liveness', out);
  judgeAssumptions(inputs, out);
  addThresholds(inputs, out);
  const notExercised = inputs.properties
    .filter((property) => property.applies && property.checked === 0 && property.notDue === 0)
    .map((property) => property.part.slug);
  const name = nameOf(out);
  if (name === 'as-expected') out.lines.push(asExpectedLine(inputs));
  const code = name === 'as-expected' ? 0 : name === 'inconclusive' ? 4 : 1;
  return { code, name, lines: out.lines, excusable: out.excusable, notExercised };
}

function addThresholds(inputs: VerdictInputs, out: Collected): void {
  for (const threshold of inputs.thresholds ?? []) {
    if (threshold.outcome === 'met') continue;
    if (threshold.outcome === 'broken') out.isBroken = true;
    else out.isOpen = true;
    out.lines.push(threshold.line);
  }
}

function nameOf(out: Collected): VerdictName {
  if (out.isViolated) return 'violation';
  if (out.isUnmet) return 'unmet';
  if (out.isBroken) return 'threshold';
  return out.isOpen ? 'inconclusive' : 'as-expected';
}

function asExpectedLine(inputs: VerdictInputs): string {
  const counts = inputs.properties
    .filter((property) => property.checked > 0)
    .map((property) => {
      const count =
        property.part.group === 'liveness'
          ? `${property.met} of ${property.checked} met`
          : `${property.checked} checked`;
      return `${property.part.slug} ${count}${property.found > 0 ? `, ${property.found} violated` : ''}`;
    });
  const evaluated = inputs.assumptions.assumptions.length;
  const bounds = inputs.thresholds?.length ?? 0;
  const met = bounds === 0 ? '' : `; thresholds met: ${bounds}`;
  return `AS EXPECTED   ${counts.join('; ')}   assumptions evaluated: ${evaluated}${met}`;
}
