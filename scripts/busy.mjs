// Runs the tests three times beside two busy loops: a test that waits for time instead of events fails here.
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const RUNS = 3;
const LOOPS = 2;

const loops = Array.from({ length: LOOPS }, () =>
  spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
);
let failed = 0;
try {
  for (let run = 1; run <= RUNS; run++) {
    const begun = performance.now();
    try {
      execFileSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run'], {
        cwd: root,
        stdio: 'inherit',
      });
    } catch {
      failed++;
    }
    console.error(`busy run ${run} of ${RUNS}: ${Math.round((performance.now() - begun) / 1000)} s`);
  }
} finally {
  for (const loop of loops) loop.kill('SIGKILL');
}
console.error(failed === 0 ? 'all runs passed' : `${failed} of ${RUNS} runs failed`);
process.exitCode = failed === 0 ? 0 : 1;
