/** Names that a scenario uses must be those that it defines. */
import { nearest } from '../grammar/nearest.ts';
import type { Scenario } from './scenario.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

export function known(list: ProblemList, path: Path, what: string, got: string, names: readonly string[]): boolean {
  if (names.includes(got)) return true;
  const near = nearest(got, names);
  list.at(path, 'E130', `unknown ${what} ${got}`, {
    expected: names.length === 0 ? '' : `one of ${names.join(', ')}`,
    got: JSON.stringify(got),
    hint: near === undefined ? '' : `did you mean ${near}?`,
  });
  return false;
}

export function checkAsset(
  scenario: Scenario,
  list: ProblemList,
  path: Path,
  asset: string,
  amount: string | undefined,
): void {
  const assets = Object.values(scenario.chains).map((chain) => chain.asset);
  const minted = assets.map(({ name }) => name);
  if (minted.includes(asset)) {
    const decimals = Math.max(...assets.filter(({ name }) => name === asset).map((each) => each.decimals));
    const places = amount?.split('.')[1]?.length ?? 0;
    if (places <= decimals) return;
    const expected = `at most ${decimals} decimals`;
    list.at(path, 'E138', `finer than the base unit of ${asset}`, { expected, got: `${places} decimals` });
    return;
  }
  const near = nearest(asset, minted);
  list.at(path, 'E138', `no chain mints ${asset}`, {
    expected: `one of ${minted.join(', ')}`,
    hint: near === undefined ? '' : `did you mean ${near}?`,
  });
}
