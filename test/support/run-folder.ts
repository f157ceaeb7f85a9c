import { mkdir, writeFile } from 'node:fs/promises';
import type { Observation } from '../../src/run/observation.js';
import type { ValidateConfig } from '../../src/run/report.js';
import { encodeVector } from '../../src/schemes/half-base64.js';

/** Writes the two files of a run that are read back. */
export async function writeRunFolder(
  folder: string,
  observations: Partial<Observation>[],
  config: { sha256?: string; poc_params?: object; options?: Record<string, unknown> } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const written: ValidateConfig = {
    harness_version: '0.1.0',
    mlnode_url: 'http://127.0.0.1:8080',
    node_id: null,
    model: 'test/model',
    reference: {
      path: 'reference.json',
      sha256: config.sha256 ?? 'a'.repeat(64),
      source: null,
      n_vectors: 2,
      warnings: [],
    },
    poc_params: {
      model: 'test/model',
      seq_len: 1024,
      k_dim: 12,
      block_hash: 'TEST_BLOCK',
      block_height: 100,
      public_key: 'test_pub_keys',
      node_id: 0,
      node_count: 1,
      poc_stronger_rng: null,
      ...config.poc_params,
    },
    stat_test: {
      values: { dist_threshold: 0.2, p_mismatch: 0.1, fraud_threshold: 0.05 },
      source: { dist_threshold: 'reference', p_mismatch: 'reference', fraud_threshold: 'reference' },
    },
    honest_band: { mean: 0.07, sd: 0.04, source: 'published' },
    deploy: null,
    own_public_key: 'own',
    options: config.options ?? {},
  };
  await writeFile(`${folder}/validate_config.json`, JSON.stringify(written));
  await writeFile(
    `${folder}/observations.jsonl`,
    observations.map((observation) => `${JSON.stringify({ ...blank, ...observation })}\n`).join(''),
  );
  return folder;
}

/** An observation of a vector that came. */
export function observed(
  nonce: number,
  vector: number[],
  replica: number | null = 5001,
): Partial<Observation> {
  return { nonce, vector_b64: encodeVector(vector), replica };
}

const blank: Observation = {
  nonce: 0,
  vector_b64: null,
  l2: null,
  cosine_distance: null,
  mismatch: false,
  why: null,
  replica: null,
  request: null,
  batch: 0,
  latency_s: 0.1,
};
