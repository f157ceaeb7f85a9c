import { defineConfig } from 'vitest/config';

// The machine-readable result is what `.ci/run` counts from; people read the default reporter.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Most tests wait for a process or a simulated node: vitest's own choice, one worker fewer than cores, idles.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
});
