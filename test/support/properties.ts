/** Every property test of a run draws from the seed that test/support/seed.ts prints. */
import fc from 'fast-check';
import { inject } from 'vitest';

// A failure prints seed, path and the shrunk counterexample.
fc.configureGlobal({ seed: inject('propertySeed') });
