import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { leasePool, type PoolLease, startEarly } from '../../src/probe/pool.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { validateNode } from '../../src/validate/validate-node.js';
import { useTempFolder } from '../support/temp.js';

vi.mock('../../src/paths.js', async (original) => ({
  ...(await original<object>()),
  workerFile: fileURLToPath(new URL('../support/faulty-worker.cjs', import.meta.url)),
}));

const golden = await findGolden('moonshotai/Kimi-K2.6');
const folders = useTempFolder();

/** A look at a request of one nonce, of which nothing but the exchange matters here. */
function task(url: string, timeoutMs = 200) {
  const golden = new SharedArrayBuffer(4 * 12);
  return {
    url,
    timeoutMs,
    count: 1,
    nonces: Float64Array.of(0),
    golden,
    scheme: 'prefill',
    rowLength: 12,
    start: 0,
  };
}

describe('the probe threads', () => {
  it('hold up no request because of others that are not answered', async () => {
    const node = await startMlNodeSimulator({
      replicas: ['exact'],
      golden,
      batchTimeMs: 1,
      faults: ({ path }) => (path.endsWith(':silent') ? { hang: true } : undefined),
    });
    const pool = leasePool();
    const look = (id: string) =>
      pool.run(task(`${node.url}/api/v1/inference/pow/generate/5001:${id}`, 3_000));
    try {
      // More than there are threads.
      const silent = Array.from({ length: 2 * availableParallelism() }, () => look('silent'));
      const first = await Promise.race([look('x'), ...silent]);
      expect(first).toMatchObject({ outcome: 'absent' });
    } finally {
      await pool.release();
      await node.close();
    }
  });
});

describe('a thread that is started early', () => {
  const threads = () => (process.report.getReport() as unknown as { workers: unknown[] }).workers.length;
  /** A thread is counted while it runs code: from some moments after its start. */
  const become = (count: number) => vi.waitFor(() => expect(threads()).toBe(count), 10_000);

  it('is taken by the first share, and ends by itself only where nobody took it', async () => {
    const node = await startMlNodeSimulator({ replicas: ['exact'], golden, batchTimeMs: 1 });
    const before = threads();
    try {
      const endUnused = startEarly();
      const pool = leasePool({ nonces: 200 });
      await become(before + 1);
      await endUnused();
      const look = pool.run(task(`${node.url}/api/v1/inference/pow/generate/5001:x`, 10_000));
      expect(await look).toMatchObject({ outcome: 'absent' });
      await pool.release();
      await become(before);

      const endAgain = startEarly();
      await become(before + 1);
      await endAgain();
      await become(before);
    } finally {
      await node.close();
    }
  });

  it('makes way for as many as the nonces are worth', async () => {
    const before = threads();
    const endUnused = startEarly();
    const pool = leasePool({ nonces: 100_000 });
    await become(before + availableParallelism());
    await pool.release();
    await endUnused();
    await become(before);
  });
});

describe('a probe thread', () => {
  let pool: PoolLease;
  let node: MlNodeSimulator;
  afterEach(async () => {
    await pool.release();
    await node.close();
  });

  it.each([
    ['dies', 'die', 1, 'broken', /^a probe thread ended \(.*7.*\) and was replaced$/],
    ['hangs', 'hang', 0.01, 'timed_out', /^a probe thread hung and was replaced$/],
  ] as const)(
    'that %s is a fault of its task, and another takes its place',
    async (_what, path, patience, outcome, message) => {
      node = await startMlNodeSimulator({ replicas: ['exact'], golden, batchTimeMs: 1 });
      // Of the time after which a thread counts as hung: one that dies must not seem to, however slowly it starts.
      pool = leasePool({ patience });
      const healthy = task(`${node.url}/api/v1/inference/pow/generate/5001:x`, 10_000);
      expect(await pool.run(healthy)).toMatchObject({ kind: 'fault', outcome: 'absent' });

      const broken = Array.from({ length: 3 }, () => pool.run(task(`http://127.0.0.1:9/${path}`)));
      for (const reply of await Promise.all(broken)) {
        expect(reply).toMatchObject({ kind: 'fault' });
        // Threads are shared: a task may go down with one that another task has hung or ended.
        expect(['broken', 'timed_out']).toContain(reply.kind === 'fault' ? reply.outcome : '');
      }
      expect(await pool.run(task(`http://127.0.0.1:9/${path}`))).toMatchObject({
        outcome,
        message: expect.stringMatching(message),
      });
      expect(await pool.run(healthy)).toMatchObject({ kind: 'fault', outcome: 'absent' });
    },
  );
});

it('loses nothing to a thread that dies in the middle of a validation', async () => {
  const node = await startMlNodeSimulator({ replicas: ['exact', 'exact'], golden, batchTimeMs: 5 });
  vi.stubEnv('FAULTY_ONCE', folders.path('died'));
  try {
    const { report } = await validateNode({
      mlnodeUrl: node.url,
      model: golden.file.model,
      expDir: folders.path('run'),
      skipThroughput: true,
    });
    expect(existsSync(folders.path('died'))).toBe(true);
    expect(report).toMatchObject({ verdict: 'PASS', validation: { response: { n_total: 200 } } });
  } finally {
    vi.unstubAllEnvs();
    await node.close();
  }
});
