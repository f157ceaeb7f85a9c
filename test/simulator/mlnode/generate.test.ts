import { describe, expect, it } from 'vitest';
import { arrival, golden, kimi, simulatedTime, upTo } from './support.js';

const { start, pass } = simulatedTime();
const GENERATE = '/inference/pow/generate';
const GENERATED = `POST ${GENERATE}`;

describe('pow/generate with wait: true', () => {
  it('answers with the vectors after one batch time a chunk', async () => {
    const { node, call } = await start();
    const answer = call('POST', GENERATE, golden(upTo(64), { wait: true }));
    await arrival(node, GENERATED, 1);
    await pass(1999);
    expect(await Promise.race([answer, call('GET', '/state')])).toMatchObject({
      body: { state: 'INFERENCE' },
    });
    await pass(1);
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(body.status).toBe('completed');
    expect(body.encoding).toEqual({ dtype: 'f16', k_dim: 12, endian: 'le' });
    expect(body.artifacts).toEqual(
      upTo(64).map((nonce) => ({ nonce, vector_b64: kimi.artifacts[nonce]?.vector_b64 })),
    );
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is a 502 without a word after the node has waited 60 s, while the replica goes on computing', async () => {
    const { node, call } = await start({ replicas: ['exact'] });
    const late = call('POST', GENERATE, golden(upTo(61 * 32), { wait: true }));
    await arrival(node, GENERATED, 1);
    await pass(60_000);
    expect(await late).toEqual({ status: 502, body: { detail: '' } });
    const next = call('POST', GENERATE, golden(upTo(32), { wait: true }));
    await arrival(node, GENERATED, 2);
    await pass(1000); // the last batch of the first call
    await pass(1000);
    expect((await next).status).toBe(200);
  });

  it('goes to the replicas in turn, however busy they are', async () => {
    const { node, call } = await start({ replicas: ['exact', 'unrelated', 'exact'] });
    const first = () => call('POST', GENERATE, golden([0], { wait: true }));
    const answers = [first(), first(), first(), first()];
    await arrival(node, GENERATED, 4);
    await pass(2000);
    const vectors = (await Promise.all(answers)).map(({ body }) => body.artifacts[0].vector_b64);
    expect(vectors.filter((vector) => vector !== kimi.artifacts[0]?.vector_b64)).toHaveLength(1);
  });

  it('interleaves with the queued job', async () => {
    const { node, call } = await start({ replicas: ['exact'] });
    const { body } = await call('POST', GENERATE, golden(upTo(96)));
    const waiting = call('POST', GENERATE, golden(upTo(32), { wait: true }));
    await arrival(node, GENERATED, 2);
    await pass(2000);
    expect((await waiting).status).toBe(200);
    expect((await call('GET', `${GENERATE}/${body.request_id}`)).body.status).toBe('running');
    await pass(2000);
    expect((await call('GET', `${GENERATE}/${body.request_id}`)).body.status).toBe('completed');
  });
});

describe('pow/generate with wait: false', () => {
  it('queues, names the replica, and tells the state until the vectors are there', async () => {
    const { call } = await start({ replicas: ['exact'] });
    const first = await call('POST', GENERATE, golden(upTo(64)));
    expect(first.body).toEqual({
      status: 'queued',
      request_id: expect.stringMatching(/^5001:[0-9a-f-]{36}$/),
      queued_count: 64,
    });
    const second = await call('POST', GENERATE, golden(upTo(32)));
    const states = async () =>
      Promise.all(
        [first, second].map(
          async ({ body }) => (await call('GET', `${GENERATE}/${body.request_id}`)).body.status,
        ),
      );
    expect(await states()).toEqual(['running', 'queued']);
    await pass(2000);
    expect(await states()).toEqual(['completed', 'running']);
    await pass(1000);
    expect(await states()).toEqual(['completed', 'completed']);
    const { body } = await call('GET', `${GENERATE}/${second.body.request_id}`);
    expect(body.request_id).toBe(second.body.request_id);
    expect(body.artifacts).toHaveLength(32);
  });

  it('goes to the replicas in turn', async () => {
    const { call } = await start({ replicas: ['exact', 'exact', 'exact'] });
    const ports: string[] = [];
    for (let i = 0; i < 6; i++) {
      const { body } = await call('POST', GENERATE, golden([i]));
      ports.push(body.request_id.split(':')[0]);
    }
    expect(ports).toEqual(['5001', '5002', '5003', '5001', '5002', '5003']);
  });

  it('holds at most 100,000 nonces on a replica', async () => {
    const { call } = await start({ replicas: ['exact'] });
    expect((await call('POST', GENERATE, golden(upTo(99_999)))).status).toBe(200);
    expect((await call('POST', GENERATE, golden([0]))).status).toBe(200);
    const { status, body } = await call('POST', GENERATE, golden([1]));
    expect(status).toBe(429);
    expect(JSON.parse(body.detail).detail).toMatch(/^Queue full/);
  });

  it('forgets an ended job after 300 s', async () => {
    const { call } = await start();
    const { body } = await call('POST', GENERATE, golden([0]));
    await pass(1000 + 299_000);
    expect((await call('GET', `${GENERATE}/${body.request_id}`)).status).toBe(200);
    await pass(1000);
    const { status, body: gone } = await call('GET', `${GENERATE}/${body.request_id}`);
    expect(status).toBe(404);
    expect(gone).toEqual({ detail: 'Request not found' });
  });

  it('forgets every job at a stop, the running one included', async () => {
    const { call } = await start({ replicas: ['exact'] });
    const jobs = [
      await call('POST', GENERATE, golden(upTo(32))),
      await call('POST', GENERATE, golden(upTo(32))),
    ];
    expect((await call('POST', '/inference/pow/stop', {})).body.status).toBe('OK');
    await pass(5000);
    for (const { body } of jobs) {
      expect((await call('GET', `${GENERATE}/${body.request_id}`)).status).toBe(404);
    }
    const { body } = await call('POST', GENERATE, golden(upTo(32)));
    await pass(2000);
    expect((await call('GET', `${GENERATE}/${body.request_id}`)).body.status).toBe('completed');
  });

  it('tells a gone replica, a forgotten job and a malformed id apart', async () => {
    const { node, call } = await start();
    const { body } = await call('POST', GENERATE, golden([0]));
    node.killReplica(5001);
    expect((await call('GET', `${GENERATE}/${body.request_id}`)).status).toBe(502);
    node.reviveReplica(5001);
    expect((await call('GET', `${GENERATE}/${body.request_id}`)).status).toBe(404);
    expect((await call('GET', `${GENERATE}/6001:x`)).status).toBe(502);
    expect((await call('GET', `${GENERATE}/nonsense`)).status).toBe(400);
    expect((await call('GET', `${GENERATE}/a:b`)).status).toBe(400);
  });

  it('fails a job now and then on a flaky replica, without a reason', async () => {
    const { call } = await start({ replicas: ['flaky'] });
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await call('POST', GENERATE, golden([i]))).body.request_id);
    await pass(4000);
    const last = await call('GET', `${GENERATE}/${ids[3]}`);
    expect(last.body).toEqual({ status: 'failed', request_id: ids[3] });
  });

  it('is answered at once by a build without a queue', async () => {
    const { node, call } = await start({ queues: false });
    const answer = call('POST', GENERATE, golden([0]));
    await arrival(node, GENERATED, 1);
    await pass(1000);
    expect((await answer).body.status).toBe('completed');
  });
});

describe('pow/generate refuses', () => {
  it('another model than the loaded one, in JSON inside JSON', async () => {
    const { call } = await start();
    const { params } = golden();
    const { status, body } = await call(
      'POST',
      GENERATE,
      golden([0], { params: { ...params, model: 'other' } }),
    );
    expect(status).toBe(409);
    expect(JSON.parse(body.detail).detail.error).toBe('params mismatch');
  });

  it.each([
    ['an unknown parameter', { params: { ...golden().params, dtype: 'f16' } }, ['body', 'params', 'dtype']],
    ['the decode scheme', { params: { ...golden().params, scheme: 'decode' } }, ['body', 'params', 'scheme']],
    ['a null batch size', { batch_size: null }, ['body', 'batch_size']],
    ['a nonce in words', { nonces: [1, 'two'] }, ['body', 'nonces', 1]],
    ['no block hash', { block_hash: undefined }, ['body', 'block_hash']],
  ])('%s, as FastAPI does', async (_, change, loc) => {
    const { call } = await start();
    const { status, body } = await call('POST', GENERATE, golden([0], change));
    expect(status).toBe(422);
    expect(body.detail[0].loc).toEqual(loc);
  });

  it('text that is no JSON', async () => {
    const { call } = await start();
    expect((await call('POST', GENERATE, '{')).status).toBe(422);
  });

  it('when no replica is in rotation', async () => {
    const { node, call } = await start();
    node.setReplicaHealthy(5001, false);
    node.setReplicaHealthy(5002, false);
    const { status, body } = await call('POST', GENERATE, golden([0]));
    expect(status).toBe(503);
    expect(body.detail).toBe('No vLLM backends available');
  });

  it('a batch size of 0 by crashing', async () => {
    const { call } = await start();
    expect((await call('POST', GENERATE, golden([0], { wait: true, batch_size: 0 }))).status).toBe(500);
    const { body } = await call('POST', GENERATE, golden([0], { batch_size: 0 }));
    expect((await call('GET', `${GENERATE}/${body.request_id}`)).body.status).toBe('failed');
  });
});

describe("the node's own check", () => {
  const checked = (
    profile: 'exact' | 'honest' | 'nan' | 'dropping' | 'unrelated' | 'lying',
    more: object = {},
  ) =>
    check(profile, {
      stat_test: { dist_threshold: 0.4, p_mismatch: 0.1, fraud_threshold: 0.05 },
      ...more,
    });

  async function check(profile: Parameters<typeof checked>[0], more: object) {
    const { node, call } = await start({ replicas: [profile] });
    const artifacts = kimi.nonces.map((nonce, row) => ({
      nonce,
      vector_b64: kimi.artifacts[row]?.vector_b64,
    }));
    const answer = call(
      'POST',
      GENERATE,
      golden(kimi.nonces, { wait: true, validation: { artifacts }, ...more }),
    );
    await arrival(node, GENERATED, 1);
    await pass(7000);
    return answer;
  }

  it('answers with a verdict in place of vectors', async () => {
    const { body } = await checked('unrelated');
    expect(body).toEqual({
      status: 'completed',
      request_id: expect.any(String),
      n_total: 200,
      n_mismatch: 200,
      mismatch_nonces: kimi.nonces,
      p_value: expect.closeTo(1e-200, 205),
      fraud_detected: true,
    });
  });

  it.each([
    ['honest', 4],
    ['nan', 4],
    ['dropping', 4],
    ['lying', 0],
  ] as const)('clears a replica that is %s', async (profile, most) => {
    const { body } = await checked(profile);
    expect([body.n_total, body.fraud_detected]).toEqual([200, false]);
    // Of honest Kimi nodes a few in a hundred lie beyond 0.4.
    expect(body.n_mismatch).toBeLessThanOrEqual(most);
  });

  it('takes the defaults of the build for what is left out, whatever else is sent', async () => {
    // 0.02 and not 0.4: honest distances lie beyond it.
    const { body } = await check('honest', { stat_test: { p_value_threshold: 1 } });
    expect(body.n_mismatch).toBeGreaterThan(190);
    expect(body.fraud_detected).toBe(true);
  });

  it('refuses vectors of other nonces than those asked for', async () => {
    const { status, body } = await checked('exact', { nonces: [0, 1] });
    expect(status).toBe(400);
    expect(JSON.parse(body.detail).detail).toMatch(/must match/);
  });

  it('comes out of the queue just as well', async () => {
    const { call } = await start({ replicas: ['exact'] });
    const artifacts = [{ nonce: 0, vector_b64: kimi.artifacts[1]?.vector_b64 }];
    const { body } = await call('POST', GENERATE, golden([0], { validation: { artifacts } }));
    await pass(1000);
    const state = await call('GET', `${GENERATE}/${body.request_id}`);
    expect(state.body).toMatchObject({
      status: 'completed',
      n_total: 1,
      n_mismatch: 1,
      mismatch_nonces: [0],
    });
  });
});
