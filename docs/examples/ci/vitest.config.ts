import { defineConfig } from 'vitest/config';

// Shrinking a failure runs a scenario some hundred times.
export default defineConfig({ test: { include: ['test/**/*.test.ts'], testTimeout: 120_000 } });
