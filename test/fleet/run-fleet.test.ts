import { expect, it } from 'vitest';
import { AssayError } from '../../src/errors.js';
import { runFleet } from '../../src/fleet/run-fleet.js';
import type { ValidateReport } from '../../src/run/report.js';

const tasks = Array.from({ length: 24 }, (_, at) => ({
  node: { id: `n${at}`, site: at % 3 === 0 ? 'small' : 'big', model: 'm', url: 'http://h:1' },
  folder: `nodes/n${at}`,
}));
const limits = {
  concurrency: 5,
  sites: new Map([
    ['small', 2],
    ['big', 4],
  ]),
}; // prettier-ignore
const passed = {
  verdict: 'PASS',
  warnings: [] as string[],
  exit_code: 0,
  validation: null,
  throughput: null,
  preflight: null,
} as ValidateReport;

it('keeps to the bound over all and at each site, and reaches it', async () => {
  const running = { all: 0, small: 0, big: 0 };
  const most = { ...running };
  const told: string[] = [];
  const results = await runFleet(
    tasks,
    limits,
    async ({ node }) => {
      for (const key of ['all', node.site] as ('all' | 'small' | 'big')[]) {
        running[key]++;
        most[key] = Math.max(most[key], running[key]);
      }
      await new Promise((resolve) => setImmediate(resolve));
      for (const key of ['all', node.site] as ('all' | 'small' | 'big')[]) running[key]--;
      return passed;
    },
    { signal: new AbortController().signal, onResult: ({ id }) => told.push(id) },
  );
  expect(most).toEqual({ all: 5, small: 2, big: 4 });
  expect(results.map(({ id }) => id)).toEqual(tasks.map(({ node }) => node.id));
  expect(told.sort()).toEqual(results.map(({ id }) => id).sort());
});

it('makes a result of what is thrown, with its exit code and without its secrets', async () => {
  const results = await runFleet(
    tasks,
    limits,
    async ({ node }) => {
      if (node.id === 'n1') throw new AssayError('no answer from http://u:p@h', { exitCode: 130 });
      if (node.id === 'n2') throw new TypeError('oops');
      return passed;
    },
    { signal: new AbortController().signal, onResult() {} },
  );
  expect(results[1]).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 130, folder: null });
  expect(results[1]?.verdict_reason).toBe('no answer from http://***@h');
  expect(results[2]).toMatchObject({
    verdict: 'INCOMPLETE',
    exit_code: 1,
    verdict_reason: 'internal error: oops',
  });
  expect(results.filter(({ verdict }) => verdict === 'PASS')).toHaveLength(22);
});
