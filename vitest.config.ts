import { defineConfig } from 'vitest/config';

// The machine-readable result is what `.ci/run` counts from; people read the default reporter.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
});
