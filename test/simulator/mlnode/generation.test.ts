import { describe, expect, it } from 'vitest';
import { arrival, golden, simulatedTime, upTo } from './support.js';

const { start, pass } = simulatedTime();
const INIT = '/inference/pow/init/generate';
const STATUS = '/inference/pow/status';
const STOP = '/inference/pow/stop';

const { nonces: _, wait: __, ...common } = golden();

describe('continuous generation', () => {
  it('runs on every replica, each with its group', async () => {
    const { call } = await start();
    expect((await call('GET', STATUS)).body.status).toBe('IDLE');
    const { body } = await call('POST', INIT, common);
    expect(body).toEqual({
      status: 'OK',
      backends: 2,
      n_groups: 2,
      results: [
        { port: 5001, status: 'OK' },
        { port: 5002, status: 'OK' },
      ],
      errors: null,
    });
    const { body: status } = await call('GET', STATUS);
    expect(status.status).toBe('GENERATING');
    expect(byPort(status.backends)[1].config).toEqual({
      block_hash: 'TEST_BLOCK',
      block_height: 100,
      public_key: 'test_pub_keys',
      node_id: 0,
      node_count: 1,
      group_id: 1,
      n_groups: 2,
      seq_len: 1024,
      k_dim: 12,
    });
  });

  it('counts whole batches as the clock goes', async () => {
    const { call } = await start({ replicas: ['exact', 'slow'] });
    await call('POST', INIT, { ...common, batch_size: 64 });
    await pass(6500);
    const { body } = await call('GET', STATUS);
    expect(byPort(body.backends).map(({ stats }) => stats)).toEqual([
      { total_processed: 6 * 64, nonces_per_second: (6 * 64) / 6.5 },
      { total_processed: 2 * 64, nonces_per_second: (2 * 64) / 6.5 },
    ]);
  });

  it('is 200 with errors where some replicas are taken, and 502 where all are', async () => {
    const { node, call } = await start();
    node.startForeignGeneration({ public_key: 'foreign' }, [5002]);
    expect((await call('GET', STATUS)).body.status).toBe('MIXED');
    const { status, body } = await call('POST', INIT, common);
    expect(status).toBe(200);
    expect(body).toMatchObject({ backends: 1, n_groups: 2, results: [{ port: 5001, status: 'OK' }] });
    expect(body.errors).toEqual([{ port: 5002, error: '{"detail":"Already generating"}' }]);
    const again = await call('POST', INIT, common);
    expect(again.status).toBe(502);
    expect(again.body.detail.errors).toHaveLength(2);
    const { backends } = (await call('GET', STATUS)).body;
    expect(byPort(backends).map(({ config }) => config.public_key)).toEqual(['test_pub_keys', 'foreign']);
  });

  it('is refused by a replica with another model', async () => {
    const { call } = await start();
    const { status, body } = await call('POST', INIT, {
      ...common,
      params: { model: 'other', seq_len: 1024 },
    });
    expect(status).toBe(502);
    expect(JSON.parse(body.detail.errors[0].error).detail.error).toBe('params mismatch');
  });

  it('holds up queued and waiting requests until it stops', async () => {
    const { node, call } = await start({ replicas: ['exact'] });
    node.startForeignGeneration();
    const { body } = await call('POST', '/inference/pow/generate', golden(upTo(32)));
    const state = async () => (await call('GET', `/inference/pow/generate/${body.request_id}`)).status;
    const waiting = call('POST', '/inference/pow/generate', golden(upTo(32), { wait: true }));
    await arrival(node, 'POST /inference/pow/generate', 2);
    await pass(30_000);
    expect((await call('GET', `/inference/pow/generate/${body.request_id}`)).body.status).toBe('running');
    await call('POST', STOP, {});
    // The queue is emptied, whoever filled it; who waits on the line is served now.
    expect(await state()).toBe(404);
    await pass(1000);
    expect((await waiting).body.status).toBe('completed');
  });

  it('stops only where the replica is in rotation', async () => {
    const { node, call } = await start();
    await call('POST', INIT, common);
    node.setReplicaHealthy(5002, false);
    expect((await call('GET', STATUS)).body.backends).toHaveLength(1);
    expect((await call('POST', STOP, {})).body.results).toEqual([{ port: 5001, status: 'stopped' }]);
    node.setReplicaHealthy(5002, true);
    expect((await call('GET', STATUS)).body.status).toBe('MIXED');
    expect(node.isGenerating(5002)).toBe(true);
  });

  it('has no replica to start, stop or show', async () => {
    const { node, call } = await start({ replicas: ['exact'] });
    node.setReplicaHealthy(5001, false);
    expect((await call('POST', INIT, common)).status).toBe(503);
    expect((await call('POST', STOP, {})).status).toBe(200);
    expect((await call('GET', STATUS)).body).toEqual({ status: 'NO_BACKENDS', backends: [] });
  });

  it('lags in state, until the next health pass', async () => {
    const { call } = await start();
    await pass(500);
    await call('POST', INIT, common);
    expect((await call('GET', '/state')).body.poc_status).toBe('IDLE');
    await pass(2000);
    expect((await call('GET', '/state')).body.poc_status).toBe('GENERATING');
  });
});

describe('the rotation', () => {
  it('loses a replica that misses a probe for one health pass', async () => {
    const { node } = await start({ replicas: ['flaky', 'flaky', 'flaky'] });
    const seen: number[][] = [];
    for (let i = 0; i < 3; i++) {
      seen.push(node.backends);
      await pass(2000);
    }
    expect(seen.map((ports) => ports.length)).toEqual([2, 2, 2]);
    expect(new Set(seen.map((ports) => ports.join())).size).toBe(3);
    expect(node.backends).toEqual(seen[0]);
  });

  it('finds a dead replica out at the next health pass, and shows it as an error until then', async () => {
    const { node, call } = await start();
    await pass(500);
    node.killReplica(5001);
    const { body } = await call('GET', STATUS);
    expect(body.status).toBe('MIXED');
    expect(byPort(body.backends)[0]).toEqual({
      port: 5001,
      status: 'ERROR',
      detail: 'All connection attempts failed',
    });
    expect((await call('POST', '/inference/pow/generate', golden([0]))).status).toBe(502);
    await pass(2000);
    expect(node.backends).toEqual([5002]);
  });

  it('hangs up on whoever waits for a replica that dies', async () => {
    const { node, call } = await start({ replicas: ['exact'] });
    const waiting = call('POST', '/inference/pow/generate', golden([0], { wait: true }));
    await arrival(node, 'POST /inference/pow/generate', 1);
    node.killReplica(5001);
    expect((await waiting).status).toBe(502);
  });

  it('shows a replica in trouble', async () => {
    const { node, call } = await start();
    node.setReplicaTrouble(5002, 'engine dead');
    const { body } = await call('GET', STATUS);
    expect(byPort(body.backends)[1]).toEqual({ port: 5002, status: 'ERROR', detail: 'engine dead' });
  });
});

/** Replicas answer in arbitrary order. */
// biome-ignore lint/suspicious/noExplicitAny: a body, to be looked into
function byPort(backends: any[]): any[] {
  return [...backends].sort((a, b) => a.port - b.port);
}
