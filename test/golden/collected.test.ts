import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../src/compare/vector-set.js';
import { fileOf } from '../../src/golden/canonical.js';
import { findGolden } from '../../src/golden/catalog.js';
import { loadGolden } from '../../src/golden/load.js';
import { useTempFolder } from '../support/temp.js';

const kimi = fileOf(await findGolden('moonshotai/Kimi-K2.6'));
const { block_hash, public_key, seq_len, k_dim, artifacts } = kimi;
const asked = { block_hash, public_key };
const encoding = { dtype: 'f16', k_dim, endian: 'le' };
const nonces1000 = { ...asked, seq_len, k_dim, total_nonces: 200, artifacts };
const collected = {
  server_name: 'b200',
  server_url: 'http://x',
  ...asked,
  nonces: artifacts.map(({ nonce }) => nonce),
  artifacts,
  vectors: [],
  encoding,
};
const temp = useTempFolder();

async function put(folder: string, files: Record<string, unknown>): Promise<string> {
  await mkdir(temp.path(folder), { recursive: true });
  const paths = [];
  for (const [name, value] of Object.entries(files)) paths.push(await temp.write(join(folder, name), value));
  return paths[0] as string;
}

describe("a recording of the network's scripts", () => {
  it('takes model, batch and machine from the config.json beside it', async () => {
    const path = await put('flat', {
      'nonces_1000.json': nonces1000,
      'config.json': {
        model: 'moonshotai/Kimi-K2.6',
        gpu: 'NVIDIA B200',
        vllm_version: '0.20.0',
        batch_size: 64,
        tensor_parallel_size: 4,
        timestamp: '2026-05-02T00:02:19',
      },
    });
    const golden = await loadGolden(path);
    expect(golden).toMatchObject({
      completed: true,
      file: {
        model: 'moonshotai/Kimi-K2.6',
        seq_len,
        collection_batch_size: 64,
        source: 'NVIDIA B200, TP=4, vLLM 0.20.0',
        generated_at: '2026-05-02T00:02:19',
      },
    });
    expect(golden.nonces).toEqual(artifacts.map(({ nonce }) => nonce));
  });

  it('takes what collect_data.py nests in run_config.json', async () => {
    const path = await put('nested', {
      'artifacts_b200.json': collected,
      'run_config.json': {
        exp_name: 'x',
        config: { model: 'moonshotai/Kimi-K2.6', seq_len, k_dim, batch_size: 128 },
      },
    });
    expect((await loadGolden(path)).file).toMatchObject({ seq_len, k_dim, collection_batch_size: 128 });
    expect((await readVectors(path)).parameters).toMatchObject({ model: 'moonshotai/Kimi-K2.6', seq_len });
  });

  it('keeps the name of a quantised repository as loaded weights where another is given', async () => {
    const path = await put('awq', {
      'nonces_1000.json': nonces1000,
      'config.json': { model: 'somebody/Kimi-K2.6-AWQ' },
    });
    expect((await loadGolden(path, 'moonshotai/Kimi-K2.6')).file).toMatchObject({
      model: 'moonshotai/Kimi-K2.6',
      loaded_weights: 'somebody/Kimi-K2.6-AWQ',
    });
    expect((await readVectors(path, 'moonshotai/Kimi-K2.6')).parameters.model).toBe('moonshotai/Kimi-K2.6');
  });

  it('that tells neither model nor seq_len can be measured, and is no reference', async () => {
    const path = await put('alone', { 'artifacts_b200.json': collected });
    expect((await readVectors(path)).parameters.untold).toEqual(['model', 'seq_len']);
    await expect(loadGolden(path)).rejects.toThrow('does not name its model and seq_len');
    await expect(loadGolden(await put('alone2', { 'nonces.json': nonces1000 }))).rejects.toThrow(
      'does not name its model',
    );
  });

  it('is refused with a config that is none', async () => {
    const path = await put('broken', { 'nonces_1000.json': nonces1000, 'config.json': '{' });
    await expect(loadGolden(path)).rejects.toThrow(`${join(dirname(path), 'config.json')}: not JSON`);
    const wrong = await put('wrong', { 'nonces_1000.json': nonces1000, 'config.json': { batch_size: 0 } });
    await expect(loadGolden(wrong)).rejects.toThrow('/batch_size');
  });

  it('leaves a reference as it is, whatever stands beside it', async () => {
    const path = await put('reference', { 'kimi.json': kimi, 'config.json': { model: 'other' } });
    expect((await loadGolden(path, 'another')).file.model).toBe('moonshotai/Kimi-K2.6');
  });

  it('says that a config cannot be read, and that it is not JSON, apart', async () => {
    const path = await put('unreadable', { 'nonces_1000.json': nonces1000 });
    await mkdir(temp.path('unreadable/config.json'));
    await expect(loadGolden(path)).rejects.toThrow(
      /config\.json: cannot be read \(it is a folder, not a file\)$/,
    );
    const other = await put('no-json', { 'nonces_1000.json': nonces1000 });
    await temp.write('no-json/config.json', '{');
    await expect(loadGolden(other)).rejects.toThrow(/config\.json: not JSON \(/);
  });
});
