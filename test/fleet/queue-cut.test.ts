import { describe, expect, it } from 'vitest';
import { hasRedis } from '../support/redis.js';
import { startLine } from '../support/tcp-proxy.js';
import { GENERATE, nodeAt, until, useQueue, verdicts } from './queue-rig.js';

const queue = useQueue();

/** A way to Redis of its own, which can be cut. */
async function ownLine() {
  const { address } = queue.redis;
  const line = await startLine(address.port);
  queue.atEnd(() => line.close());
  return { ...line, redis: { ...address, port: line.port } };
}

describe.skipIf(!hasRedis)('a queue that is cut off', () => {
  it('costs a worker behind a silent line its job, which another does once, and not its service', async () => {
    const [node, quick] = await Promise.all([queue.simulate(250), queue.simulate(5)]);
    const line = await ownLine();
    const cut = queue.startWorker('a', { redis: line.redis, leaseSeconds: 1 });
    const run = queue.validate({ nodes: [nodeAt('n', 'a', node)] });
    await until(() => (node.requests[GENERATE] ?? 0) > 0);
    line.silence();
    const other = queue.startWorker('a', { leaseSeconds: 1 });
    const { results, told } = await run;
    expect([verdicts(results), told]).toEqual([['n PASS'], ['n']]);
    expect(cut.said).toContain('n: given up: another worker gets it');
    expect(other.said).toContain('n: PASS');

    await other.end();
    line.mend();
    const next = await queue.validate({ nodes: [nodeAt('m', 'a', quick)] });
    expect(verdicts(next.results)).toEqual(['m PASS']);
    expect(cut.said).toContain('m: PASS');
  });

  it('is found again by a command behind a silent line, with the result that came meanwhile', async () => {
    const node = await queue.simulate(100);
    const line = await ownLine();
    const worker = queue.startWorker('a');
    const nodes = [nodeAt('n', 'a', node)];
    const run = queue.validate({ nodes, redis: line.redis, outageSeconds: 3 });
    await until(() => (node.requests[GENERATE] ?? 0) > 0);
    line.silence();
    await until(() => worker.said.includes('n: PASS'));
    line.mend();
    const { results, told } = await run;
    expect([verdicts(results), told]).toEqual([['n PASS'], ['n']]);
  });

  it('keeps neither a command nor a worker from stopping', async () => {
    const node = await queue.simulate(500);
    const line = await ownLine();
    const worker = queue.startWorker('a', { redis: line.redis, leaseSeconds: 60 });
    const stop = new AbortController();
    const run = queue.validate({ nodes: [nodeAt('n', 'a', node)], redis: line.redis, signal: stop.signal });
    await until(() => (node.requests[GENERATE] ?? 0) > 0);
    line.break();
    const begun = performance.now();
    stop.abort(new Error('stop'));
    const [{ results }] = await Promise.all([run, worker.end()]);
    expect(verdicts(results)).toEqual(['n INCOMPLETE']);
    expect(performance.now() - begun).toBeLessThan(45_000);
  });
});
