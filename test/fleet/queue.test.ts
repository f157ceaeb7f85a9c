import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FleetNode } from '../../src/fleet/fleet-file.js';
import { createFleetFolder, resumeFleetFolder } from '../../src/fleet/fleet-folder.js';
import { PREFIX, queueName } from '../../src/fleet/queue/job.js';
import { checkRedis } from '../../src/fleet/queue/redis.js';
import { runOverQueue } from '../../src/fleet/queue/run-over-queue.js';
import { work } from '../../src/fleet/queue/worker.js';
import { findGolden } from '../../src/golden/catalog.js';
import { packageRoot } from '../../src/paths.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { hasRedis, type RealRedis, startRedis } from '../support/redis.js';
import { useTempFolder } from '../support/temp.js';

const PASSWORD = 'between us';
const MODEL = 'moonshotai/Kimi-K2.6';
const GENERATE = 'POST /inference/pow/generate';
const LEASE_S = 2;
const folder = useTempFolder();
const golden = await findGolden(MODEL);
const probeOnly = { skipDownload: true, skipDeploy: true, skipThroughput: true, skipSelfCheck: true };

let redis: RealRedis;
let runs = 0;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  if (hasRedis) redis = await startRedis(PASSWORD);
});
beforeEach(async () => {
  if (hasRedis) await redis.forget();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => redis?.close());

async function simulate(batchTimeMs: number): Promise<MlNodeSimulator> {
  const node = await startMlNodeSimulator({ replicas: ['honest'], golden, batchTimeMs, model: MODEL });
  closing.push(() => node.close());
  return node;
}

/** A worker in this process. */
function startWorker(site: string, more: { concurrency?: number; folder?: string } = {}) {
  const stop = new AbortController();
  const said: string[] = [];
  const done = work(
    {
      redis: redis.address,
      site,
      concurrency: 2,
      folder: folder.path(`work-${runs++}`),
      leaseSeconds: LEASE_S,
      ...more,
    },
    { signal: stop.signal, say: (text) => said.push(text) },
  );
  const end = () => {
    stop.abort();
    return done;
  };
  closing.push(end);
  return { said, end };
}

/** A worker as a process of its own, to be killed. */
function startWorkerProcess(site: string) {
  const args = [
    'fleet',
    'worker',
    '--site',
    site,
    '--lease',
    String(LEASE_S),
    '--work-dir',
    `work-${runs++}`,
  ];
  const worker = execa(process.execPath, [`${packageRoot}/dist/main.js`, ...args], {
    cwd: folder.path(''),
    env: redis.env,
    reject: false,
  });
  closing.push(async () => {
    worker.kill('SIGKILL');
    await worker;
  });
  return worker;
}

interface Asked {
  nodes: (FleetNode & { options?: Partial<ValidateOptions> })[];
  workerWaitSeconds?: number;
  out?: string;
  resume?: boolean;
  signal?: AbortSignal;
}

/** Validates over the queue into a folder of its own. */
async function validate({
  nodes,
  workerWaitSeconds = 60,
  out = folder.path(`run-${runs++}`),
  resume,
  signal,
}: Asked) {
  const inputs = { name: 'pool', shard: null, nodes, options: {} };
  const held = resume === true ? await resumeFleetFolder(inputs, out) : await createFleetFolder(inputs, out);
  const told: string[] = [];
  const said: string[] = [];
  try {
    const { nodes: results } = await runOverQueue(
      {
        redis: redis.address,
        nodes,
        validations: nodes.map(({ url, model, id, options }) => ({
          mlnodeUrl: url,
          model,
          nodeId: id,
          ...probeOnly,
          ...options,
        })),
        networkNode: undefined,
        workerWaitSeconds,
        outageSeconds: 60,
      },
      held,
      {
        onResult: ({ id }) => told.push(id),
        say: (text) => said.push(text),
        signal: signal ?? new AbortController().signal,
      },
    );
    return { results, told, said, out };
  } finally {
    held.release();
  }
}

const nodeAt = (id: string, site: string, { url }: { url: string }): FleetNode => ({
  id,
  site,
  model: MODEL,
  url,
});
const verdicts = (results: { id: string; verdict: string }[]) =>
  results.map(({ id, verdict }) => `${id} ${verdict}`);
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe.skipIf(!hasRedis)('a fleet over a queue', () => {
  it('has each site’s nodes validated by its own workers, and whole run folders come back', async () => {
    const [a, b] = await Promise.all([simulate(5), simulate(5)]);
    const [atA, atB] = [startWorker('a'), startWorker('b')];
    const nodes = Array.from({ length: 6 }, (_, n) => nodeAt(`n${n}`, n % 2 ? 'b' : 'a', n % 2 ? b : a));
    const { results, told, out } = await validate({ nodes });
    expect(verdicts(results)).toEqual(nodes.map(({ id }) => `${id} PASS`));
    expect(told.sort()).toEqual(nodes.map(({ id }) => id));
    expect(atA.said.filter((text) => text.endsWith('PASS')).sort()).toEqual([
      'n0: PASS',
      'n2: PASS',
      'n4: PASS',
    ]);
    expect(atB.said.filter((text) => text.endsWith('PASS'))).toHaveLength(3);
    for (const { folder: run } of results) {
      const lines = (await readFile(join(out, run as string, 'observations.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n');
      expect(lines).toHaveLength(200);
    }
    // Nothing of the fleet stays behind but the reference.
    const left = await redis.client.keys(`${PREFIX}:site-*`);
    expect(left.filter((key) => /[0-9a-f]{8}-/.test(key))).toEqual([]);
  });

  it('gives the job of a killed worker to another, which stops what was left generating', async () => {
    const node = await simulate(20);
    const [port] = node.backends as [number];
    const killed = startWorkerProcess('a');
    const run = validate({
      nodes: [
        {
          ...nodeAt('n', 'a', node),
          options: { skipThroughput: false, warmupSeconds: 2, measureSeconds: 1, sampleIntervalSeconds: 1 },
        } as FleetNode,
      ],
    });
    await until(() => node.isGenerating(port));
    killed.kill('SIGKILL');
    await killed;
    expect(node.isGenerating(port)).toBe(true);
    const other = startWorker('a');
    const { results, told } = await run;
    expect(verdicts(results)).toEqual(['n PASS']);
    expect(told).toEqual(['n']);
    expect(results[0]?.replica_throughput).toBeGreaterThan(0);
    expect(other.said).toContain('n: taken');
    expect(node.isGenerating(port)).toBe(false);
  });

  it('loses no result when Redis restarts, nor when it forgets everything', async () => {
    const node = await simulate(100);
    const worker = startWorker('a');
    const run = validate({ nodes: [nodeAt('n', 'a', node)] });
    await until(() => (node.requests[GENERATE] ?? 0) > 1);
    await redis.stop();
    await redis.start();
    const first = await run;
    expect(verdicts(first.results)).toEqual(['n PASS']);

    const again = validate({ nodes: [nodeAt('m', 'a', node)] });
    await until(() => worker.said.includes('m: taken'));
    await redis.forget();
    const second = await again;
    expect(verdicts(second.results)).toEqual(['m PASS']);
    expect(second.told).toEqual(['m']);
  });

  it('hands back what is under way when a worker is stopped, and another goes on', async () => {
    const node = await simulate(100);
    const first = startWorker('a');
    const run = validate({ nodes: [nodeAt('n', 'a', node)] });
    await until(() => (node.requests[GENERATE] ?? 0) > 0);
    await first.end();
    expect(first.said).toContain('n: given back');
    startWorker('a');
    expect(verdicts((await run).results)).toEqual(['n PASS']);
  });

  it('says which site waits for a worker, and ends the wait', async () => {
    const node = await simulate(5);
    startWorker('a');
    const { results, said } = await validate({
      nodes: [nodeAt('here', 'a', node), nodeAt('there', 'b', node)],
      workerWaitSeconds: 1,
    });
    expect(verdicts(results)).toEqual(['here PASS', 'there INCOMPLETE']);
    expect(results[1]?.verdict_reason).toContain('no worker of site b was there for 1 s');
    expect(said.join()).toContain('site b: 1 waiting, no worker is there');
  });

  it('makes a result of a poisoned job, and goes on with the next', async () => {
    const node = await simulate(5);
    startWorker('a');
    const poisoned = { ...nodeAt('bad', 'a', node), options: { dtype: 7 } } as unknown as FleetNode;
    const { results } = await validate({ nodes: [poisoned, nodeAt('good', 'a', node)] });
    expect(verdicts(results)).toEqual(['bad INCOMPLETE', 'good PASS']);
    expect(results[0]?.verdict_reason).toContain('job: /options/dtype must be string');
  });

  it('refuses a job of another protocol, and a fleet whose workers speak another', async () => {
    const node = await simulate(5);
    const worker = startWorker('a');
    const queue = new Queue(queueName('a'), { prefix: PREFIX, connection: redis.address });
    closing.push(() => queue.close());
    const job = await queue.add('validate', { protocol: 2, assay_version: '9.0.0' });
    await expect.poll(() => job.isFailed()).toBe(true);
    expect((await queue.getJob(job.id as string))?.failedReason).toMatch(
      /command runs assay 9\.0\.0 \(queue protocol 2\)/,
    );
    await worker.end();

    const name = `${PREFIX}:${Buffer.from(queueName('a')).toString('base64')}:w:2/9.0.0/elsewhere-1`;
    await redis.client.client('SETNAME', name);
    await expect(validate({ nodes: [nodeAt('n', 'a', node)] })).rejects.toThrow(
      /worker elsewhere-1 of site a runs assay 9\.0\.0 \(queue protocol 2\)/,
    );
    await redis.client.client('SETNAME', 'test');
  });

  it('is interrupted, takes back what nobody began, and gathers the rest on resume', async () => {
    const node = await simulate(60);
    startWorker('a', { concurrency: 1 });
    const nodes = [nodeAt('n0', 'a', node), nodeAt('n1', 'a', node)];
    const stop = new AbortController();
    const run = validate({ nodes, signal: stop.signal, out: folder.path('interrupted') });
    await until(() => (node.requests[GENERATE] ?? 0) > 0);
    stop.abort(new Error('stop'));
    expect(verdicts((await run).results)).toEqual(['n0 INCOMPLETE', 'n1 INCOMPLETE']);
    const { results } = await validate({ nodes, out: folder.path('interrupted'), resume: true });
    expect(verdicts(results)).toEqual(['n0 PASS', 'n1 PASS']);
    expect(readdirSync(folder.path('interrupted/nodes')).sort()).toEqual(['n0', 'n1']);
  });

  it('says in one line why a queue cannot be used, never with the password', async () => {
    const refused = checkRedis({ ...redis.address, password: 'a wrong one' });
    await expect(refused).rejects.toThrow(/^queue redis:\/\/127\.0\.0\.1:\d+: Redis refuses the password$/);
    await expect(checkRedis({ ...redis.address, port: 1 })).rejects.toThrow(/cannot be reached/);
    await redis.client.config('SET', 'maxmemory', '1');
    const node = await simulate(5);
    await expect(validate({ nodes: [nodeAt('n', 'a', node)] })).rejects.toThrow(/Redis takes no more/);
    await redis.client.config('SET', 'maxmemory', '0');
  });
});
