import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { describe, expect, it } from 'vitest';
import type { FleetNode } from '../../src/fleet/fleet-file.js';
import { readCredentials } from '../../src/fleet/queue/credentials.js';
import { PREFIX, queueName } from '../../src/fleet/queue/job.js';
import { checkRedis } from '../../src/fleet/queue/redis.js';
import { findGolden } from '../../src/golden/catalog.js';
import { hasRedis } from '../support/redis.js';
import { GENERATE, MODEL, nodeAt, until, useQueue, verdicts } from './queue-rig.js';

const queue = useQueue();

describe.skipIf(!hasRedis)('a fleet over a queue', () => {
  it('has each site’s nodes validated by its own workers, and whole run folders come back', async () => {
    const [a, b] = await Promise.all([queue.simulate(5), queue.simulate(5)]);
    const [atA, atB] = [queue.startWorker('a'), queue.startWorker('b')];
    const nodes = Array.from({ length: 6 }, (_, n) => nodeAt(`n${n}`, n % 2 ? 'b' : 'a', n % 2 ? b : a));
    const { results, told, out } = await queue.validate({ nodes });
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
    const left = await queue.redis.client.keys(`${PREFIX}:site-*`);
    expect(left.filter((key) => /[0-9a-f]{8}-/.test(key))).toEqual([]);
  });

  it('gives the job of a killed worker to another, which stops what was left generating', async () => {
    const node = await queue.simulate(20);
    const [port] = node.backends as [number];
    const killed = queue.startWorkerProcess('a');
    const run = queue.validate({
      nodes: [
        {
          ...nodeAt('n', 'a', node),
          options: {
            skipThroughput: false,
            warmupSeconds: 1,
            measureSeconds: 0.5,
            sampleIntervalSeconds: 0.25,
          },
        } as FleetNode,
      ],
    });
    await until(() => node.isGenerating(port));
    killed.kill('SIGKILL');
    await killed;
    expect(node.isGenerating(port)).toBe(true);
    const other = queue.startWorker('a');
    const { results, told, phases } = await run;
    expect(verdicts(results)).toEqual(['n PASS']);
    expect(told).toEqual(['n']);
    // What the workers did on it came through the queue.
    expect([...phases]).toContain('throughput');
    expect(results[0]?.replica_throughput).toBeGreaterThan(0);
    expect(other.said).toContain('n: taken');
    expect(node.isGenerating(port)).toBe(false);
  });

  it('loses no result when Redis restarts, nor when it forgets everything', async () => {
    const node = await queue.simulate(100);
    const worker = queue.startWorker('a');
    const run = queue.validate({ nodes: [nodeAt('n', 'a', node)] });
    await until(() => (node.requests[GENERATE] ?? 0) > 1);
    await queue.redis.stop();
    await queue.redis.start();
    const first = await run;
    expect(verdicts(first.results)).toEqual(['n PASS']);

    const again = queue.validate({ nodes: [nodeAt('m', 'a', node)] });
    await until(() => worker.said.includes('m: taken'));
    await queue.redis.forget();
    const second = await again;
    expect(verdicts(second.results)).toEqual(['m PASS']);
    expect(second.told).toEqual(['m']);
  });

  it('hands back what is under way when a worker is stopped, and another goes on at once', async () => {
    const node = await queue.simulate(100);
    // Nothing here waits for a lease to run out.
    const leaseSeconds = 60;
    const first = queue.startWorker('a', { leaseSeconds });
    const run = queue.validate({ nodes: [nodeAt('n', 'a', node)] });
    await until(() => (node.requests[GENERATE] ?? 0) > 0);
    await first.end();
    expect(first.said).toContain('n: given back');
    queue.startWorker('a', { leaseSeconds });
    expect(verdicts((await run).results)).toEqual(['n PASS']);
  });

  it('says which site waits for a worker, and ends the wait', async () => {
    const node = await queue.simulate(5);
    queue.startWorker('a');
    const { results, said } = await queue.validate({
      nodes: [nodeAt('here', 'a', node), nodeAt('there', 'b', node)],
      workerWaitSeconds: 1,
    });
    expect(verdicts(results)).toEqual(['here PASS', 'there INCOMPLETE']);
    expect(results[1]?.verdict_reason).toContain('no worker of site b took it for 1 s');
    expect(said.join()).toContain('site b: 1 waiting, no worker is there');
  });

  it('makes a result of a poisoned job, and goes on with the next', async () => {
    const node = await queue.simulate(5);
    queue.startWorker('a');
    const poisoned = { ...nodeAt('bad', 'a', node), options: { dtype: 7 } } as unknown as FleetNode;
    const { results } = await queue.validate({ nodes: [poisoned, nodeAt('good', 'a', node)] });
    expect(verdicts(results)).toEqual(['bad INCOMPLETE', 'good PASS']);
    expect(results[0]?.verdict_reason).toContain('job: /options/dtype must be string');
  });

  it('does 200 jobs of two sites, each once', async () => {
    const golden = await findGolden(MODEL);
    const { artifacts, ...rest } = JSON.parse(await readFile(golden.path, 'utf8'));
    const reference = await queue.folder.write('short.json', { ...rest, artifacts: artifacts.slice(0, 32) });
    const simulated = await Promise.all(Array.from({ length: 200 }, () => queue.simulate(1)));
    for (const site of ['a', 'b']) queue.startWorker(site, { concurrency: 16, leaseSeconds: 30 });
    const nodes = simulated.map((node, at) => ({
      ...nodeAt(`n${at}`, at % 2 ? 'b' : 'a', node),
      options: { reference },
    }));
    const { results, told } = await queue.validate({ nodes });
    expect(results.filter(({ verdict, n_total }) => verdict === 'PASS' && n_total === 32)).toHaveLength(200);
    expect(told.sort()).toEqual(nodes.map(({ id }) => id).sort());
    expect(simulated.filter(({ requests }) => requests[GENERATE] !== 1)).toEqual([]);
  });

  it('never has credentials of a node in the queue: a worker brings its own', async () => {
    const node = await queue.simulate(5);
    const guard = createServer((request, response) => {
      const isKnown = request.headers.authorization === `Basic ${btoa('operator:hush hush')}`;
      if (!isKnown) return void response.writeHead(401).end();
      const { method, headers } = request;
      const onward = ask(`${node.url}${request.url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode as number, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    await once(guard.listen(0, '127.0.0.1'), 'listening');
    queue.atEnd(async () => guard.close());
    const url = `http://operator:hush%20hush@127.0.0.1:${(guard.address() as AddressInfo).port}`;
    const run = queue.validate({ nodes: [nodeAt('n', 'a', { url })] });
    const waiting = `${PREFIX}:${queueName('a')}:wait`;
    await expect.poll(() => queue.redis.client.llen(waiting)).toBe(1);
    const [id] = await queue.redis.client.lrange(waiting, 0, 0);
    const job = await queue.redis.client.hgetall(`${PREFIX}:${queueName('a')}:${id}`);
    expect(job['data']).toContain('"n"');
    expect(JSON.stringify(job)).not.toMatch(/hush|operator/);

    const file = await queue.folder.write('credentials', `# of site a\n\n${url}\n`);
    await readCredentials(file);
    queue.startWorker('a');
    const { results, said } = await run;
    expect(verdicts(results)).toEqual(['n PASS']);
    expect(said.join()).toContain('credentials in URLs are not sent');
  });

  it('refuses a job of another protocol, and a fleet whose workers speak another', async () => {
    const node = await queue.simulate(5);
    const worker = queue.startWorker('a');
    const foreign = new Queue(queueName('a'), { prefix: PREFIX, connection: queue.redis.address });
    queue.atEnd(() => foreign.close());
    const job = await foreign.add('validate', { protocol: 2, assay_version: '9.0.0' });
    await expect.poll(() => job.isFailed()).toBe(true);
    expect((await foreign.getJob(job.id as string))?.failedReason).toMatch(
      /command runs assay 9\.0\.0 \(queue protocol 2\)/,
    );
    await worker.end();

    const name = `${PREFIX}:${Buffer.from(queueName('a')).toString('base64')}:w:2/9.0.0/elsewhere-1`;
    await queue.redis.client.client('SETNAME', name);
    await expect(queue.validate({ nodes: [nodeAt('n', 'a', node)] })).rejects.toThrow(
      /worker elsewhere-1 of site a runs assay 9\.0\.0 \(queue protocol 2\)/,
    );
    await queue.redis.client.client('SETNAME', 'test');
  });

  it('is interrupted, takes back what nobody began, and gathers the rest on resume', async () => {
    const node = await queue.simulate(60);
    queue.startWorker('a', { concurrency: 1 });
    const nodes = [nodeAt('n0', 'a', node), nodeAt('n1', 'a', node)];
    const stop = new AbortController();
    const run = queue.validate({ nodes, signal: stop.signal, out: queue.folder.path('interrupted') });
    await until(() => (node.requests[GENERATE] ?? 0) > 0);
    stop.abort(new Error('stop'));
    expect(verdicts((await run).results)).toEqual(['n0 INCOMPLETE', 'n1 INCOMPLETE']);
    const { results } = await queue.validate({ nodes, out: queue.folder.path('interrupted'), resume: true });
    expect(verdicts(results)).toEqual(['n0 PASS', 'n1 PASS']);
    expect(readdirSync(queue.folder.path('interrupted/nodes')).sort()).toEqual(['n0', 'n1']);
  });

  it('says in one line why a queue cannot be used, never with the password', async () => {
    const refused = checkRedis({ ...queue.redis.address, password: 'a wrong one' });
    await expect(refused).rejects.toThrow(/^queue redis:\/\/127\.0\.0\.1:\d+: Redis refuses the password$/);
    await expect(checkRedis({ ...queue.redis.address, port: 1 })).rejects.toThrow(/cannot be reached/);
    await queue.redis.client.config('SET', 'maxmemory', '1');
    const node = await queue.simulate(5);
    await expect(queue.validate({ nodes: [nodeAt('n', 'a', node)] })).rejects.toThrow(/Redis is full/);
    await queue.redis.client.config('SET', 'maxmemory', '0');
  });
});
