import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/**
 * What a test file changes or watches that its process shares: such a file has a process of its own. The others follow
 * each other in a few processes, which load the sources once: that saves a third of their processor time.
 */
const SHARED_STATE =
  /process\.(env|stdout|stderr|on|once|emit|exitCode)\b|chdir|\bvi\.|globalThis|setGlobalDispatcher/;

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name}`);
const alone = files.filter((name) => SHARED_STATE.test(readFileSync(name, 'utf8')));
const together = files.filter((name) => !alone.includes(name));

// The machine-readable result is what `.ci/run` counts from; people read the default reporter.
export default defineConfig({
  test: {
    // The tests read English, whatever the language of the machine.
    env: { ASSAY_LANG: 'en' },
    // Most tests wait for a process or a simulated node: with one worker a core, or fewer, the cores idle.
    maxWorkers: 6,
    // Nothing is timed here: a limit only ends what would never end, on a busy machine, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'together', include: together, isolate: false } },
    ],
  },
});
