/** What the targets of faults name must be there: a fault that hits nothing would pass for a fault survived. */
import { nearest } from '../grammar/nearest.ts';
import type { FaultEntry, Scenario } from './scenario.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

export function checkFaults(scenario: Scenario, list: ProblemList): void {
  for (const [id, fault] of Object.entries(scenario.faults))
    checkTarget(scenario, fault, ['faults', id, 'target'], list);
}

function checkTarget(scenario: Scenario, { target }: FaultEntry, path: Path, list: ProblemList): void {
  if (Object.values(target).every((selector) => selector === undefined)) {
    list.at(path, 'E137', 'a target that matches nothing', { expected: 'at least one selector', got: 'none' });
    return;
  }
  const chain = named(list, [...path, 'chain'], target['chain'], scenario.chains);
  const committee = named(list, [...path, 'committee'], target['committee'], scenario.lanes);
  named(list, [...path, 'lane'], target['lane'], scenario.lanes);
  named(list, [...path, 'traffic'], target['traffic'], scenario.traffic);
  checkRelayer(scenario, target['relayer'], [...path, 'relayer'], list);
  if (chain !== undefined) {
    checkIndices(list, [...path, 'validators'], target['validators'], chain.validators.length, 'validators');
  } else if (target['validators'] !== undefined && target['chain'] === undefined) {
    list.at([...path, 'validators'], 'E137', 'validators of no chain', { expected: 'the chain that they are of' });
  }
  if (committee !== undefined && committee.verifier.kind === 'committee') {
    checkIndices(list, [...path, 'members'], target['members'], committee.verifier.members, 'members');
  } else if (committee !== undefined) {
    const what = `lane ${String(target['committee'])} has no committee`;
    list.at([...path, 'committee'], 'E137', what, { expected: 'a lane whose verifier is a committee' });
  } else if (target['members'] !== undefined && target['committee'] === undefined) {
    list.at([...path, 'members'], 'E137', 'members of no committee', {
      expected: 'the lane whose committee they are of',
    });
  }
}

/** The entry of that name; undefined, with a problem, where there is none. */
function named<T>(list: ProblemList, path: Path, name: unknown, entries: Readonly<Record<string, T>>): T | undefined {
  if (typeof name !== 'string') return undefined;
  const found = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (found === undefined) unknownName(list, path, name, Object.keys(entries));
  return found;
}

/** `r2`, or one of `r2.1 .. r2.n` that its count expands to. */
function checkRelayer(scenario: Scenario, name: unknown, path: Path, list: ProblemList): void {
  if (typeof name !== 'string') return;
  const [id = '', index] = name.split('.');
  const relayer = Object.hasOwn(scenario.relayers, id) ? scenario.relayers[id] : undefined;
  if (relayer === undefined) {
    unknownName(list, path, name, Object.keys(scenario.relayers));
    return;
  }
  const isOne = index === undefined || (/^[1-9]\d{0,8}$/.test(index) && Number(index) <= relayer.count);
  if (isOne && name.split('.').length <= 2) return;
  const expected = relayer.count === 1 ? id : `${id}, or ${id}.1 to ${id}.${relayer.count}`;
  list.at(path, 'E137', 'a target that matches nothing', { expected, got: JSON.stringify(name) });
}

function unknownName(list: ProblemList, path: Path, name: string, known: readonly string[]): void {
  const near = nearest(name, known);
  list.at(path, 'E137', 'a target that matches nothing', {
    expected: known.length === 0 ? `a ${String(path.at(-1))}, of which there is none` : `one of ${known.join(', ')}`,
    got: JSON.stringify(name),
    hint: near === undefined ? '' : `did you mean ${near}?`,
  });
}

function checkIndices(list: ProblemList, path: Path, indices: unknown, size: number, what: string): void {
  if (!Array.isArray(indices)) return;
  const beyond = (indices as readonly number[]).find((index) => index >= size);
  if (beyond === undefined) return;
  const expected = size === 1 ? '0' : `0 to ${size - 1}`;
  list.at(path, 'E137', `${what} that are not there`, { expected, got: String(beyond) });
}
