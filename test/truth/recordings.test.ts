import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { comparable, pairRows, type Recording, readRecordings } from '../../scripts/models/recordings.js';
import { findGolden } from '../../src/golden/catalog.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const { file, artifacts } = await findGolden('moonshotai/Kimi-K2.6');
const { block_hash, public_key, k_dim, seq_len } = file;
const NAN = Buffer.from(new Uint16Array(12).fill(0x7e00).buffer).toString('base64');

async function write(path: string, value: object) {
  await mkdir(dirname(temp.path(path)), { recursive: true });
  await writeFile(temp.path(path), JSON.stringify(value));
}

it('reads recordings in whichever form the scripts write them, and tells which it cannot read', async () => {
  await write('family/labels.json', {
    model: 'moonshotai/Kimi-K2.6',
    thresholds: { dist_threshold: 0.4, p_mismatch: 0.1, fraud_threshold: 0.05 },
    recordings: Object.fromEntries(
      ['plain', 'bare', 'holes', 'empty', 'broken', 'gone'].map((name) => [name, { label: 'honest' }]),
    ),
  });
  await write('family/plain/nonces_1000.json', { block_hash, public_key, seq_len, k_dim, artifacts });
  await write('family/plain/run_config.json', { config: { model: 'someone/quantised', batch_size: 16 } });
  // Without a config, and without its seq_len.
  await write('family/bare/artifacts_b200.json', {
    ...{ server_name: 'b200', server_url: 'http://x', block_hash, public_key, vectors: [], timing: {} },
    ...{ artifacts, encoding: { dtype: 'f16', k_dim, endian: 'le' } },
  });
  const holes = artifacts.map((one, row) => (row % 16 === 0 ? { ...one, vector_b64: NAN } : one));
  await write('family/holes/nonces.json', { block_hash, public_key, seq_len, k_dim, artifacts: holes });
  await mkdir(temp.path('family/empty'));
  await write('family/broken/nonces.json', { block_hash, artifacts: 'none' });

  const told: string[] = [];
  const found = await readRecordings(temp.path('.'), (text) => told.push(text));
  expect(found.map(({ name }) => name)).toEqual(['family/plain', 'family/bare', 'family/holes']);
  expect(told).toEqual([
    expect.stringContaining('empty: no nonces or artifacts in it'),
    expect.stringContaining('broken/nonces.json'),
    expect.stringContaining('gone: no nonces or artifacts in it'),
  ]);
  const [plain, bare, withHoles] = found as [Recording, Recording, Recording];
  expect(comparable(plain, bare)).toBe(true);
  // A vector that came out as NaN was not recorded.
  const rows = pairRows(plain.golden, withHoles.golden);
  expect(rows).toHaveLength(artifacts.length - Math.ceil(artifacts.length / 16));
  expect(rows.every(({ l2 }) => l2 === 0)).toBe(true);
});
