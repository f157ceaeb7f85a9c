import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { FleetNode } from '../../src/fleet/fleet-file.js';
import { createFleetFolder, resumeFleetFolder } from '../../src/fleet/fleet-folder.js';
import type { RedisAddress } from '../../src/fleet/queue/redis-address.js';
import { runOverQueue } from '../../src/fleet/queue/run-over-queue.js';
import { work } from '../../src/fleet/queue/worker.js';
import { findGolden } from '../../src/golden/catalog.js';
import { packageRoot } from '../../src/paths.js';
import {
  type MlNodeSimulator,
  type MlNodeSimulatorOptions,
  startMlNodeSimulator,
} from '../../src/simulator/mlnode/index.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { hasRedis, type RealRedis, startRedis } from '../support/redis.js';
import { useTempFolder } from '../support/temp.js';

export const MODEL = 'moonshotai/Kimi-K2.6';
const probeOnly = { skipDownload: true, skipDeploy: true, skipThroughput: true, skipSelfCheck: true };

export const GENERATE = 'POST /inference/pow/generate';
export const LEASE_S = 2;

interface Asked {
  nodes: (FleetNode & { options?: Partial<ValidateOptions> })[];
  workerWaitSeconds?: number;
  outageSeconds?: number;
  out?: string;
  resume?: boolean;
  signal?: AbortSignal;
  redis?: RedisAddress;
}

/**
 * A real Redis for the tests of a file, and what is on both sides of it.
 *
 * @param redisArgs of the server, beside the usual ones
 */
export function useQueue(redisArgs: string[] = []) {
  const folder = useTempFolder();
  const closing: (() => Promise<unknown>)[] = [];
  let runs = 0;
  let redis: RealRedis;

  beforeAll(async () => {
    if (hasRedis) redis = await startRedis('between us', redisArgs);
  });
  beforeEach(async () => {
    if (hasRedis) await redis.forget();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => redis?.close());

  return {
    folder,
    get redis() {
      return redis;
    },
    /** To be called after the test, the last one first. */
    atEnd: (close: () => Promise<unknown>) => closing.push(close),

    async simulate(
      batchTimeMs: number,
      more: Partial<MlNodeSimulatorOptions> = {},
    ): Promise<MlNodeSimulator> {
      const golden = await findGolden(MODEL);
      const node = await startMlNodeSimulator({
        replicas: ['honest'],
        golden,
        batchTimeMs,
        model: MODEL,
        ...more,
      });
      closing.push(() => node.close());
      return node;
    },

    /** A worker in this process. */
    startWorker(site: string, more: Partial<Parameters<typeof work>[0]> = {}) {
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
    },

    /** A worker as a process of its own, to be killed. */
    startWorkerProcess(site: string, more: string[] = []) {
      const flags = ['--site', site, '--lease', String(LEASE_S), '--work-dir', `work-${runs++}`, ...more];
      const worker = execa(process.execPath, [`${packageRoot}/dist/main.js`, 'fleet', 'worker', ...flags], {
        cwd: folder.path(''),
        env: redis.env,
        reject: false,
      });
      closing.push(async () => {
        worker.kill('SIGKILL');
        await worker;
      });
      return worker;
    },

    /** Validates over the queue into a folder of its own. */
    async validate({
      nodes,
      workerWaitSeconds = 60,
      outageSeconds = 60,
      out = folder.path(`run-${runs++}`),
      resume,
      signal = new AbortController().signal,
      redis: address = redis.address,
    }: Asked) {
      const inputs = { name: 'pool', shard: null, nodes, options: {} };
      const held =
        resume === true ? await resumeFleetFolder(inputs, out) : await createFleetFolder(inputs, out);
      const told: string[] = [];
      const said: string[] = [];
      const phases = new Set<string | undefined>();
      try {
        const { nodes: results } = await runOverQueue(
          {
            redis: address,
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
            outageSeconds,
          },
          held,
          {
            onResult: ({ id }) => told.push(id),
            onWork: (_, work) => phases.add(work?.phase),
            say: (text) => said.push(text),
            signal,
          },
        );
        return { results, told, said, out, phases };
      } finally {
        await held.release();
      }
    },
  };
}

export const nodeAt = (id: string, site: string, { url }: { url: string }): FleetNode => ({
  id,
  site,
  model: MODEL,
  url,
});

export const verdicts = (results: { id: string; verdict: string }[]) =>
  results.map(({ id, verdict }) => `${id} ${verdict}`);

export const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};
