import { defineConfig } from 'vitest/config';

// The machine-readable result is what `.ci/run` counts from; people read the default reporter.
export default defineConfig({
  test: {
    // The tests read English, whatever the language of the machine.
    env: { ASSAY_LANG: 'en' },
    include: ['test/**/*.test.ts'],
    // Most tests wait for a process or a simulated node: with one worker a core, or fewer, the cores idle.
    maxWorkers: 4,
    // Nothing is timed here: a limit only ends what would never end, on a busy machine, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
});
