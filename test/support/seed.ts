/** Once a test run: fixes the seed of all property tests and prints it. */
import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    propertySeed: number;
  }
}

export function setup(project: TestProject): void {
  const seed = givenSeed() ?? commitSeed();
  project.provide('propertySeed', seed);
  process.stdout.write(`property tests: seed ${seed} (repeat with L0SIM_PROPERTY_SEED=${seed})\n`);
}

function givenSeed(): number | undefined {
  const text = process.env['L0SIM_PROPERTY_SEED'];
  if (text === undefined || text === '') return undefined;
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new Error(`L0SIM_PROPERTY_SEED: expected a whole number, got "${text}"`);
  return seed;
}

/** One seed a commit: a failure is the commit's, and every commit looks somewhere new. */
function commitSeed(): number {
  try {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return Number.parseInt(head.slice(0, 7), 16);
  } catch {
    return 1; // no repository: a source archive
  }
}
