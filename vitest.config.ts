import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Nothing of ours keeps state in a module, so files may share a worker's modules: a third of the time.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    globalSetup: ['test/support/seed.ts'],
    setupFiles: ['test/support/properties.ts'],
  },
});
