import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MODEL, reference, simulatedNodes } from '../../validate/support.js';

const simulate = simulatedNodes();
const post = (url: string, body: unknown) =>
  fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const { block_hash, block_height, public_key, seq_len, k_dim } = reference.file;
const common = {
  ...{ block_hash, block_height, public_key, node_id: 0, node_count: 1 },
  params: { model: MODEL, seq_len, k_dim },
};

interface Posted {
  public_key: string;
  block_hash: string;
  node_id: number;
  artifacts: { nonce: number; vector_b64: string }[];
  encoding: object;
}

describe('a simulated node as the official router has it', () => {
  it('posts what it generates to the url that it was given, each nonce once, until it is stopped', async () => {
    const received: { path: string | undefined; body: Posted }[] = [];
    const receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        received.push({ path: request.url, body: JSON.parse(text) });
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      receiver.closeAllConnections();
      receiver.close();
    });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/collect/`;
    const node = await simulate({ batchTimeMs: 20 });
    const api = `${node.url}/api/v1/inference/pow`;
    await post(`${api}/init/generate`, { ...common, batch_size: 8, url });
    await expect.poll(() => received.length, { timeout: 10_000 }).toBeGreaterThan(6);
    await post(`${api}/stop`, {});
    const after = received.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    // One that was under way may still come from each replica.
    expect(received.length).toBeLessThanOrEqual(after + 2);

    expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/collect/generated']));
    expect(received[0]?.body).toMatchObject({
      ...{ public_key, block_hash, node_id: 0 },
      encoding: { dtype: 'f16', k_dim, endian: 'le' },
    });
    const artifacts = received.flatMap(({ body }) => body.artifacts);
    expect(new Set(artifacts.map(({ nonce }) => nonce)).size).toBe(artifacts.length);
    const golden = new Map(reference.artifacts.map(({ nonce, vector_b64 }) => [nonce, vector_b64]));
    const known = artifacts.filter(({ nonce }) => golden.has(nonce));
    expect(known.length).toBeGreaterThan(0);
    for (const { nonce, vector_b64 } of known) expect(vector_b64).toBe(golden.get(nonce));
  });

  it('sends a path with a slash too many on to the one without', async () => {
    const node = await simulate();
    const answer = await fetch(`${node.url}/api/v1/state/`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([307, `${node.url}/api/v1/state`]);
    expect((await fetch(`${node.url}/api/v1/nothing/`, { redirect: 'manual' })).status).toBe(404);
  });

  it('takes numbers in the form of texts, and refuses those that are none', async () => {
    const node = await simulate();
    const url = `${node.url}/api/v1/inference/pow/generate`;
    const texts = { ...common, block_height: '100', node_count: '1.0', nonces: ['0', 1], wait: true };
    const good = await post(url, { ...texts, params: { ...common.params, seq_len: String(seq_len) } });
    expect(good.status).toBe(200);
    expect(((await good.json()) as Posted).artifacts.map(({ nonce }) => nonce)).toEqual([0, 1]);
    for (const nonces of [['one'], ['1.5'], [''], 'all'])
      expect((await post(url, { ...texts, nonces })).status).toBe(422);
    expect((await post(url, { ...texts, public_key: 7 })).status).toBe(422);
  });

  it.each<[what: string, change: object, where: unknown[], type: string]>([
    ['a number with a fraction', { node_count: 12.5 }, ['node_count'], 'int_from_float'],
    ['a text that is no number', { block_height: 'abc' }, ['block_height'], 'int_parsing'],
    ['nothing at all', { node_id: null }, ['node_id'], 'int_type'],
    ['one of many', { nonces: [1, 'x', 3] }, ['nonces', 1], 'int_parsing'],
    ['no list', { nonces: { 0: 1 } }, ['nonces'], 'list_type'],
    ['no object', { params: 'all' }, ['params'], 'model_attributes_type'],
    ['a missing field', { public_key: undefined }, ['public_key'], 'missing'],
    [
      'a key that nobody knows',
      { params: { ...common.params, top_k: 1 } },
      ['params', 'top_k'],
      'extra_forbidden',
    ],
    ['no boolean', { wait: 'perhaps' }, ['wait'], 'bool_parsing'],
  ])('refuses %s in the words of FastAPI', async (_what, change, where, type) => {
    const node = await simulate();
    const answer = await post(`${node.url}/api/v1/inference/pow/generate`, {
      ...{ ...common, nonces: [0], wait: true },
      ...change,
    });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      detail: [{ type, loc: ['body', ...where], msg: expect.any(String) }],
    });
  });

  it('takes booleans in every form that pydantic takes, and lists of any length', async () => {
    const node = await simulate();
    const url = `${node.url}/api/v1/inference/pow/generate`;
    for (const wait of ['true', 'YES', 1, '1']) {
      const answer = await post(url, { ...common, nonces: [0], wait });
      expect([answer.status, ((await answer.json()) as Posted).artifacts.length]).toEqual([200, 1]);
    }
    for (const count of [0, 1, 33, 1001]) {
      const nonces = Array.from({ length: count }, (_, at) => at);
      const answer = await post(url, { ...common, nonces, wait: true });
      expect([answer.status, ((await answer.json()) as Posted).artifacts?.length ?? 0]).toEqual([200, count]);
    }
  });

  it('lists replicas in ERROR for a while after the model went down', async () => {
    const node = await simulate({ errorAfterDownMs: 300 });
    const api = `${node.url}/api/v1/inference`;
    const status = async () => (await (await fetch(`${api}/pow/status`)).json()) as { backends: object[] };
    await post(`${api}/down`, {});
    expect((await status()).backends).toHaveLength(2);
    expect((await status()).backends[0]).toMatchObject({ status: 'ERROR' });
    await expect.poll(async () => (await status()).backends.length).toBe(0);
  });
});
