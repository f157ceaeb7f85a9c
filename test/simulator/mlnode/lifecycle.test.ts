import { describe, expect, it } from 'vitest';
import { golden, kimi, simulatedTime } from './support.js';

const { start, pass } = simulatedTime();
const UP = '/inference/up/async';
const UP_STATUS = '/inference/up/status';
const up = (args: string[] = ['--tensor-parallel-size', '4'], model = kimi.file.model) => ({
  model,
  dtype: 'auto',
  additional_args: args,
});
const empty = { up: false, loadTimeMs: 10_000 };

describe('loading a model', () => {
  it('takes its time, then the replicas join one by one', async () => {
    const { node, call } = await start(empty);
    expect((await call('GET', UP_STATUS)).body).toEqual({
      status: 'not_started',
      is_starting: false,
      is_running: false,
      elapsed_seconds: null,
      error: null,
    });
    expect((await call('POST', UP, up())).body.status).toBe('starting');
    await pass(9000);
    expect((await call('GET', UP_STATUS)).body).toMatchObject({
      status: 'in_progress',
      is_starting: true,
      elapsed_seconds: 9,
    });
    await pass(1000);
    expect((await call('GET', UP_STATUS)).body).toMatchObject({ status: 'completed', is_running: true });
    expect((await call('GET', '/inference/pow/status')).body.status).toBe('NO_BACKENDS');
    expect((await call('POST', '/inference/pow/generate', golden([0]))).status).toBe(503);
    await pass(2000);
    expect(node.backends).toEqual([5001]);
    await pass(1000);
    expect(node.backends).toEqual([5001, 5002]);
    expect(node.running?.args).toEqual(['--tensor-parallel-size', '4']);
  });

  it.each([
    [['--tensor-parallel-size', '8'], 1],
    [['--tensor-parallel-size', '2', '--pipeline-parallel-size', '2'], 2],
    [['--tensor-parallel-size=4'], 8],
  ])('with %j on 8 GPUs makes %i replicas', async (args, count) => {
    const { node, call } = await start(empty);
    await call('POST', UP, up(args));
    await pass(60_000);
    expect(node.backends).toHaveLength(count);
  });

  it('is refused while one runs or starts, and changes nothing', async () => {
    const { node, call } = await start({ loadTimeMs: 10_000 });
    const running = await call('POST', UP, up(['--max-model-len', '10']));
    expect([running.status, running.body.detail]).toEqual([409, expect.stringContaining('already running')]);
    expect(node.running?.args).toEqual(['--tensor-parallel-size', '4']);
    expect((await call('POST', '/inference/down', {})).body).toEqual({ status: 'OK' });
    await call('POST', UP, up());
    const starting = await call('POST', UP, up());
    expect([starting.status, starting.body.detail]).toEqual([409, expect.stringContaining('in progress')]);
  });

  it('is refused while another service holds the node, and so is all around it', async () => {
    const { node, call } = await start();
    node.setService('TRAIN');
    expect((await call('GET', '/state')).body.state).toBe('TRAIN');
    const answers = [
      await call('POST', UP, up()),
      await call('GET', UP_STATUS),
      await call('POST', '/inference/down', {}),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(409);
      expect(body.detail).toMatch(/TRAIN/);
    }
    node.setService('POW');
    node.setService(undefined);
    expect((await call('POST', UP, up())).status).toBe(200);
  });

  it('fails for a few seconds, then the node is away, then it remembers nothing', async () => {
    const { call } = await start({ ...empty, startFailure: { error: 'CUDA out of memory' } });
    await call('POST', UP, up());
    await pass(10_000);
    expect((await call('GET', UP_STATUS)).body).toMatchObject({
      status: 'failed',
      error: 'CUDA out of memory',
    });
    await pass(3000);
    await expect(call('GET', UP_STATUS)).rejects.toThrow();
    await pass(2000);
    expect((await call('GET', UP_STATUS)).body).toMatchObject({
      status: 'not_started',
      elapsed_seconds: null,
    });
    await call('POST', UP, up());
    await pass(12_000);
    expect((await call('GET', UP_STATUS)).body.status).toBe('completed');
  });

  it('fails when the GPUs are too few', async () => {
    const { call } = await start(empty);
    await call('POST', UP, up(['--tensor-parallel-size', '16']));
    await pass(10_000);
    expect((await call('GET', UP_STATUS)).body.status).toBe('failed');
  });

  it('is cancelled by down', async () => {
    const { call } = await start(empty);
    await call('POST', UP, up());
    await call('POST', '/inference/down', {});
    expect((await call('GET', UP_STATUS)).body.status).toBe('cancelled');
  });

  it('can end in a model that dies later', async () => {
    const { node, call } = await start();
    node.killModel();
    expect((await call('GET', UP_STATUS)).body).toMatchObject({ status: 'completed', is_running: false });
    expect((await call('GET', '/state')).body.state).toBe('STOPPED');
    expect(node.backends).toEqual([]);
  });
});

describe('another model', () => {
  it('is served under its own name, with vectors of its own', async () => {
    const { node, call } = await start();
    node.setModel('Qwen/Qwen3-0.6B', ['--tensor-parallel-size', '4']);
    expect((await call('GET', '/state')).body.loaded_model).toBe('Qwen/Qwen3-0.6B');
    expect((await call('POST', '/inference/pow/generate', golden([0]))).status).toBe(409);
    const params = { model: 'Qwen/Qwen3-0.6B', seq_len: 1024, k_dim: 12 };
    const { body } = await call('POST', '/inference/pow/generate', golden([0], { params }));
    await pass(1000);
    const { artifacts } = (await call('GET', `/inference/pow/generate/${body.request_id}`)).body;
    expect(artifacts[0].vector_b64).not.toBe(kimi.artifacts[0]?.vector_b64);
  });

  it('takes its time when it is told to', async () => {
    const { node, call } = await start();
    node.setModel('Qwen/Qwen3-0.6B', ['--tensor-parallel-size', '4'], 5000);
    expect((await call('GET', UP_STATUS)).body.status).toBe('in_progress');
    expect(node.backends).toEqual([]);
    await pass(5000 + 3000);
    expect(node.backends).toEqual([5001, 5002]);
  });
});
