import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRedis } from '../../src/fleet/queue/redis.js';
import { freePort, hasRedis, type RealRedis, startRedis } from '../support/redis.js';
import { nodeAt, useQueue, verdicts } from './queue-rig.js';

const PASSWORD = 'between us';
const queue = useQueue();
let second: RealRedis;

beforeAll(async () => {
  if (!hasRedis) return;
  const { port } = queue.redis.address;
  second = await startRedis(PASSWORD, ['--replicaof', `127.0.0.1 ${port}`, '--masterauth', PASSWORD]);
  await queue.redis.client.config('SET', 'masterauth', PASSWORD);
});
afterAll(() => second?.close());

/** A name in front of two Redis, as a managed one has: old connections stay where they are, new ones go on. */
async function nameOfPrimary() {
  let target = queue.redis.address.port;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  queue.atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    redis: { ...queue.redis.address, port },
    async failOver(leads: boolean) {
      await second.client.replicaof('NO', 'ONE');
      await queue.redis.client.replicaof('127.0.0.1', second.address.port);
      if (leads) target = second.address.port;
    },
    async back() {
      await queue.redis.client.replicaof('NO', 'ONE');
      await second.client.replicaof('127.0.0.1', queue.redis.address.port);
    },
  };
}

const isReplicated = async () => {
  const state = await second.client.info('replication');
  return /master_link_status:up/.test(state);
};

describe.skipIf(!hasRedis)('a queue whose Redis fails over', () => {
  it('is a replica to who asks for it by its own address, and names the primary', async () => {
    await expect(checkRedis(second.address)).rejects.toThrow(
      new RegExp(`is a replica of 127\\.0\\.0\\.1:${queue.redis.address.port}, which takes no jobs`),
    );
  });

  it('has its worker back without a restart, and jobs done', async () => {
    await expect.poll(isReplicated, { timeout: 20_000 }).toBe(true);
    const name = await nameOfPrimary();
    const node = await queue.simulate(2);
    const worker = queue.startWorker('a', { redis: name.redis });
    const before = await queue.validate({ nodes: [nodeAt('before', 'a', node)], redis: name.redis });
    expect(verdicts(before.results)).toEqual(['before PASS']);
    await name.failOver(true);
    const { results } = await queue.validate({ nodes: [nodeAt('after', 'a', node)], redis: name.redis });
    expect(verdicts(results)).toEqual(['after PASS']);
    expect(worker.said).toContain('after: PASS');
    await worker.end();
    await name.back();
  });

  it('waits no longer than asked for a worker that is connected and takes nothing', async () => {
    const node = await queue.simulate(2);
    // Connected as a worker is, and never asking for a job.
    const idle = queue.redis.client.duplicate();
    queue.atEnd(async () => idle.disconnect());
    const { PREFIX, queueName, workerName } = await import('../../src/fleet/queue/job.js');
    const site = Buffer.from(queueName('a')).toString('base64');
    await idle.client('SETNAME', `${PREFIX}:${site}:w:${workerName()}`);
    const { results, said } = await queue.validate({
      nodes: [nodeAt('n', 'a', node)],
      workerWaitSeconds: 3,
    });
    expect(results[0]?.verdict_reason).toContain('no worker of site a took it for 3 s');
    expect(said).toEqual([]);
  });
});

describe.skipIf(!hasRedis)('a Redis that is no queue', () => {
  it('is named as a member of a cluster', async () => {
    const cluster = await startRedis(PASSWORD, ['--cluster-enabled', 'yes', '--appendonly', 'no']);
    try {
      await expect(checkRedis(cluster.address)).rejects.toThrow('is a member of a Redis Cluster');
    } finally {
      await cluster.close();
    }
  });

  it('is named as one that is still loading its data, and is one when it has', async () => {
    // What Redis has for its own tests: a rest after each key, in which it answers.
    const slow = ['--key-load-delay', '10000', '--loading-process-events-interval-bytes', '1024'];
    const redis = await startRedis(PASSWORD, ['--appendonly', 'no', ...slow]);
    try {
      const filled = redis.client.pipeline();
      for (let key = 0; key < 300; key++) filled.set(`k${key}`, 'x'.repeat(1024));
      await filled.exec();
      await redis.client.save();
      await redis.stop();
      const loaded = redis.start();
      const why = () =>
        checkRedis(redis.address).then(String, ({ message, advice }) => `${message}; ${advice}`);
      await expect
        .poll(why, { interval: 20 })
        .toMatch(/Redis is still loading its data; try again in a moment/);
      await loaded;
      await expect.poll(why).toBe('');
    } finally {
      await redis.close();
    }
  });
});
