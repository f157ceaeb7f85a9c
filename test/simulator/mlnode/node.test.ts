import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startMlNodeSimulator } from '../../../src/simulator/mlnode/index.js';
import { arrival, golden, simulatedTime } from './support.js';

const { start, pass } = simulatedTime();

describe('health and identity', () => {
  it('tells of a node that serves', async () => {
    const { call } = await start();
    const health = await call('GET', '//health');
    expect(health.status).toBe(200);
    expect(health.body).toMatchObject({
      status: 'healthy',
      service_state: 'INFERENCE',
      gpu: { available: true, count: 8 },
      managers: {
        pow: { running: false, healthy: false },
        inference: { running: true, healthy: true },
        train: { running: false, healthy: false },
      },
    });
    expect((await call('GET', '//livez')).body).toEqual(health.body);
    expect((await call('GET', '//readyz')).body).toEqual({ ready: true });
    expect((await call('GET', '/state')).body).toEqual({
      state: 'INFERENCE',
      version: '0.2.0',
      poc_status: 'IDLE',
      inference_healthy: true,
      loaded_model: 'moonshotai/Kimi-K2.6',
    });
  });

  it('is 503 while no replica is healthy', async () => {
    const { node, call } = await start({ replicas: ['exact'] });
    node.setReplicaHealthy(5001, false);
    expect((await call('GET', '//health')).status).toBe(503);
    expect(await call('GET', '//readyz')).toEqual({ status: 503, body: { ready: false } });
    expect((await call('GET', '/state')).body).toMatchObject({
      poc_status: 'NO_BACKENDS',
      inference_healthy: false,
    });
  });

  it('has nulls in state while no model is loaded', async () => {
    const { call } = await start({ up: false });
    expect((await call('GET', '/state')).body).toEqual({
      state: 'STOPPED',
      version: '0.2.0',
      poc_status: null,
      inference_healthy: null,
      loaded_model: null,
    });
  });

  it('names the GPUs and the driver', async () => {
    const { call } = await start({ replicas: ['exact'], gpuName: 'NVIDIA H200' });
    const { body } = await call('GET', '/gpu/devices');
    expect(body.count).toBe(4);
    expect(body.devices[3]).toMatchObject({ index: 3, name: 'NVIDIA H200', error_message: null });
    expect(Object.keys((await call('GET', '/gpu/driver')).body)).toEqual([
      'driver_version',
      'cuda_driver_version',
      'nvml_version',
    ]);
  });

  it('has no driver without GPUs', async () => {
    const { call } = await start({ gpuCount: 0, up: false });
    expect((await call('GET', '/gpu/driver')).status).toBe(503);
    expect((await call('GET', '//health')).status).toBe(503);
  });

  it('lacks the newer endpoints and keys when it is old', async () => {
    const { call } = await start({ legacy: true });
    expect((await call('GET', '/gpu/devices')).status).toBe(404);
    expect((await call('POST', '/models/status', { hf_repo: 'x' })).status).toBe(404);
    expect(Object.keys((await call('GET', '/state')).body)).toEqual(['state', 'version']);
  });
});

describe('paths', () => {
  it('may carry a version and must carry the segment', async () => {
    const { node } = await start({ segment: '/poc' });
    const root = `http://127.0.0.1:${node.port}`;
    const statusOf = async (path: string) => (await fetch(root + path)).status;
    expect(node.url).toBe(`${root}/poc`);
    expect(await statusOf('/poc/api/v1/state')).toBe(200);
    expect(await statusOf('/v3.0.8/poc/api/v1/state')).toBe(200);
    expect(await statusOf('/v3.0.8/poc/health')).toBe(200);
    expect(await statusOf('/v4/poc/readyz')).toBe(200);
    expect(await statusOf('/api/v1/state')).toBe(404);
  });

  it('are 404 when unknown and 405 when called in another way', async () => {
    const { call } = await start();
    expect(await call('GET', '/nothing')).toEqual({ status: 404, body: { detail: 'Not Found' } });
    expect((await call('GET', '/inference/pow/generate')).status).toBe(405);
    expect((await call('GET', '/nothing/')).status).toBe(404);
  });
});

describe('weights', () => {
  const repo = { hf_repo: 'Qwen/Qwen3-0.6B', hf_commit: null };

  it('are there for the loaded model, and elsewhere after a download', async () => {
    const { call } = await start({ downloadTimeMs: 10_000 });
    const statusOf = async (model: object) => (await call('POST', '/models/status', model)).body;
    expect((await statusOf({ hf_repo: 'moonshotai/Kimi-K2.6', hf_commit: null })).status).toBe('DOWNLOADED');
    expect(await statusOf(repo)).toEqual({
      model: repo,
      status: 'NOT_FOUND',
      progress: null,
      error_message: null,
    });
    const begun = await call('POST', '/models/download', repo);
    expect(begun).toEqual({
      status: 202,
      body: { task_id: 'Qwen/Qwen3-0.6B:latest', status: 'DOWNLOADING', model: repo },
    });
    expect((await call('POST', '/models/download', repo)).status).toBe(409);
    await pass(4000);
    expect(await statusOf(repo)).toMatchObject({ status: 'DOWNLOADING', progress: { elapsed_seconds: 4 } });
    await pass(6000);
    expect(await statusOf(repo)).toMatchObject({ status: 'DOWNLOADED', progress: null, error_message: null });
    expect((await statusOf({ ...repo, hf_commit: 'abc' })).status).toBe('PARTIAL');
    expect((await call('POST', '/models/download', repo)).body.status).toBe('DOWNLOADED');
  });

  it('come three models at a time', async () => {
    const { call } = await start();
    for (const name of ['a', 'b', 'c']) {
      expect((await call('POST', '/models/download', { hf_repo: name })).status).toBe(202);
    }
    expect((await call('POST', '/models/download', { hf_repo: 'd' })).status).toBe(429);
    await pass(1000);
    expect((await call('POST', '/models/download', { hf_repo: 'd' })).status).toBe(202);
  });

  it('are neither fetched nor recognised offline', async () => {
    const { call } = await start({ offline: true });
    const model = { hf_repo: 'moonshotai/Kimi-K2.6', hf_commit: null };
    expect((await call('POST', '/models/status', model)).body.status).toBe('PARTIAL');
    expect((await call('POST', '/models/download', model)).body.status).toBe('IGNORED');
    await pass(10_000);
    expect((await call('POST', '/models/status', model)).body.status).toBe('PARTIAL');
  });

  it('can fail to come', async () => {
    const { node, call } = await start();
    node.failDownloads('No space left on device');
    await call('POST', '/models/download', repo);
    await pass(1000);
    expect((await call('POST', '/models/status', repo)).body).toMatchObject({
      status: 'PARTIAL',
      error_message: 'No space left on device',
    });
  });

  it('take space', async () => {
    const { call } = await start();
    expect((await call('GET', '/models/space')).body).toEqual({
      cache_size_gb: expect.any(Number),
      available_gb: expect.any(Number),
      cache_path: expect.any(String),
    });
  });
});

describe('faults', () => {
  it('break, change, cut and replace answers', async () => {
    const { node, call } = await start();
    node.faults = () => ({ reset: true });
    await expect(call('GET', '/state')).rejects.toThrow();
    node.faults = () => ({ body: (answer) => ({ ...(answer as object), version: 'other' }) });
    expect((await call('GET', '/state')).body.version).toBe('other');
    node.faults = () => ({ truncateAt: 5 });
    await expect(call('GET', '/state')).rejects.toThrow();
    node.faults = () => ({ status: 503, body: '"busy"', headers: { 'retry-after': '7' } });
    expect(await call('GET', '/state')).toEqual({ status: 503, body: 'busy' });
    node.faults = undefined;
    expect((await call('GET', '/state')).status).toBe(200);
  });

  it('leave a request without any answer', async () => {
    const { node, call } = await start();
    node.faults = () => ({ hang: true });
    const lost = expect(call('GET', '/state')).rejects.toThrow();
    await arrival(node, 'GET /state', 1);
    await node.close();
    await lost;
  });

  it('see what is asked, and how often it was before', async () => {
    const { node, call } = await start();
    const seen: unknown[] = [];
    node.faults = (request) => {
      seen.push(request);
      return request.earlier === 0 ? { status: 500, body: '{}' } : undefined;
    };
    const request = golden([7]);
    expect((await call('POST', '/inference/pow/generate', request)).status).toBe(500);
    expect((await call('POST', '/inference/pow/generate', request)).status).toBe(200);
    expect(seen[1]).toEqual({
      method: 'POST',
      endpoint: '/inference/pow/generate',
      path: '/api/v1/inference/pow/generate',
      body: request,
      earlier: 1,
    });
    expect(node.requests).toEqual({ 'POST /inference/pow/generate': 2 });
  });
});

describe('whatever is sent', () => {
  const posts = [
    '/models/status',
    '/models/download',
    '/inference/pow/init/generate',
    '/inference/pow/generate',
    '/inference/pow/stop',
  ];
  const keys = [...Object.keys(golden([0])), 'batch_size', 'validation', 'stat_test', 'poc_stronger_rng'];

  it('is answered in JSON, never by a crash', async () => {
    const { call } = await start();
    const body = fc.oneof(
      fc.json(),
      fc.string({ minLength: 1 }),
      fc
        .tuple(fc.constantFrom(...keys), fc.jsonValue())
        .map(([key, value]) => ({ ...golden([0]), [key]: value })),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), body, async (path, sent) => {
        // A waiting call would wait for the clock.
        if (typeof sent === 'object' && sent !== null && 'wait' in sent && sent.wait === true) return;
        const { status, body: answer } = await call('POST', path, sent);
        expect([200, 202, 400, 409, 422, 429, 502]).toContain(status);
        expect(answer).toBeTypeOf('object');
        await pass(2000);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a simulator', () => {
  it('ends what waits when it is closed, and may be closed twice', async () => {
    const { node, call } = await start();
    const waiting = call('POST', '/inference/pow/generate', golden([0], { wait: true }));
    const ended = expect(waiting).rejects.toThrow();
    await arrival(node, 'POST /inference/pow/generate', 1);
    await node.close();
    await node.close();
    await ended;
  });

  it('needs replicas, and time for a batch', async () => {
    await expect(startMlNodeSimulator({ replicas: [], batchTimeMs: 1 })).rejects.toThrow(RangeError);
    await expect(startMlNodeSimulator({ replicas: ['exact'], batchTimeMs: 0 })).rejects.toThrow(RangeError);
  });
});
