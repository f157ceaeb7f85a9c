import { defineConfig } from 'vitest/config';

/**
 * Rooms whose tests change nothing that a process shares (environment, folder, streams, module mocks): their files
 * follow each other in one process, and load the sources once. That is a third of their processor time.
 */
const SHARED = [
  ...['batches', 'calibrate', 'chain', 'compare', 'doctor', 'files', 'fuzz', 'golden', 'mlnode', 'network'],
  ...['page', 'poc', 'probe', 'report', 'run', 'schemas', 'schemes', 'truth', 'validate/phases', 'vectors'],
  ...['verdict', 'watch'],
].map((room) => `test/${room}/**/*.test.ts`);

// The machine-readable result is what `.ci/run` counts from; people read the default reporter.
export default defineConfig({
  test: {
    // The tests read English, whatever the language of the machine.
    env: { ASSAY_LANG: 'en' },
    // Most tests wait for a process or a simulated node: with one worker a core, or fewer, the cores idle.
    maxWorkers: 4,
    // Nothing is timed here: a limit only ends what would never end, on a busy machine, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      { extends: true, test: { name: 'own', include: ['test/**/*.test.ts'], exclude: SHARED } },
    ],
  },
});
