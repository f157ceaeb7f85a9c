import type { GoldenReference } from '../golden/reference.js';
import { maskSecrets } from '../http/mask.js';
import type { PocParams } from '../mlnode/answers.js';
import type { RequestConfig, ValidateConfig } from '../report/model.js';
import { honestBandOf } from '../verdict/distribution.js';
import type { ResolvedStatTest } from '../verdict/thresholds.js';
import { packageVersion } from '../version.js';
import type { Challenge } from './challenge.js';
import type { ValidateOptions } from './options.js';

/** What a PoC request for this reference carries. */
export function pocParamsOf(file: GoldenReference['file']): PocParams {
  return {
    block_hash: file.block_hash,
    block_height: file.block_height ?? 0,
    public_key: file.public_key,
    node_id: file.node_id ?? 0,
    node_count: file.node_count ?? 1,
    params: { model: file.model, seq_len: file.seq_len, k_dim: file.k_dim },
    ...(file.poc_stronger_rng !== undefined && { poc_stronger_rng: file.poc_stronger_rng }),
  };
}

/** How the nonces are asked for. */
export function requestConfigOf(
  { probe = 'queued', coverage = 'spread', validationBatchSize }: ValidateOptions,
  { collection_batch_size }: GoldenReference['file'],
): RequestConfig {
  return { probe, coverage, batch_size: validationBatchSize ?? collection_batch_size ?? null };
}

/** The resolved inputs of a run, as `validate_config.json` keeps them. */
export function configOf(
  options: ValidateOptions,
  reference: GoldenReference,
  statTest: ResolvedStatTest,
  ownPublicKey: string,
  challenge?: Challenge,
): ValidateConfig {
  const { params, poc_stronger_rng, ...poc } = pocParamsOf(reference.file);
  return {
    harness_version: packageVersion(),
    mlnode_url: maskSecrets(options.mlnodeUrl),
    node_id: options.nodeId ?? null,
    model: options.model,
    reference: {
      path: reference.path,
      sha256: reference.sha256,
      source: reference.file.source ?? null,
      n_vectors: reference.nonces.length,
      warnings: reference.warnings,
    },
    poc_params: { ...params, ...poc, poc_stronger_rng: poc_stronger_rng ?? null },
    stat_test: statTest,
    honest_band: honestBandOf(reference.file),
    request: requestConfigOf(options, reference.file),
    deploy:
      options.deployArgs === undefined ? null : { dtype: options.dtype ?? 'auto', args: options.deployArgs },
    own_public_key: ownPublicKey,
    options: options.recordedOptions ?? {},
    ...(challenge && {
      challenge: {
        seed: challenge.seed,
        n: challenge.n,
        trusted_url: maskSecrets(challenge.trustedUrl),
      },
    }),
  };
}
