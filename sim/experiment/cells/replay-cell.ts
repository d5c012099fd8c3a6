/** The command that runs one cell of an experiment alone. */
import { nobleHash } from '../../base/noble-hash.ts';
import { type Plan, placeOfCell } from './plan.ts';
import { replicationSeed } from './seeds.ts';

/** File of a variant's scenario in the folder of the results. */
export function scenarioFile(plan: Plan, variant: number): string {
  return plan.variants.length < 2 ? 'scenario.resolved.yaml' : `scenario-${variant + 1}.resolved.yaml`;
}

/** To be pasted into a shell whose folder is that of the results. */
export function replayOf(plan: Plan, cell: number): string {
  const { point, replication } = placeOfCell(plan, cell);
  const { variant, settings } = plan.points[point] ?? { variant: 0, settings: [] };
  const seed = replicationSeed(plan.seed, replication, nobleHash);
  const words = ['l0sim', 'run', scenarioFile(plan, variant), '--seed', seed];
  for (const { path, value } of settings) words.push('--set', shellWord(`${path}=${value}`));
  return words.join(' ');
}

/** One word of a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
