import { type Batch, DEFAULT_BATCH_SIZE, planBatches } from '../batches/plan.js';
import { AssayError } from '../errors.js';
import { findGolden } from '../golden/catalog.js';
import { loadGolden } from '../golden/load.js';
import { pocParamsOf } from '../golden/poc-params.js';
import type { GoldenReference } from '../golden/reference.js';
import { maskSecrets } from '../http/mask.js';
import type { RequestConfig, ValidateConfig } from '../run/report.js';
import type { ResolvedStatTest } from '../run/thresholds.js';
import { honestBandOf } from '../verdict/distribution.js';
import { packageVersion } from '../version.js';
import type { Challenge } from './challenge.js';
import type { ValidateContext } from './context.js';
import type { ValidateOptions } from './options.js';

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

export async function referenceOf({ model, reference }: ValidateOptions): Promise<GoldenReference> {
  const golden =
    typeof reference === 'string'
      ? await loadGolden(reference, model)
      : (reference ?? (await findGolden(model)));
  if (golden.file.model === model) return golden;
  throw new AssayError(`reference ${golden.path} is of ${golden.file.model}, not of ${model}`, {
    advice: 'give the reference of that model, or another --model',
  });
}

/** How the nonces are split, and what batch size the requests carry. */
export function planOf({ reference, options }: Pick<ValidateContext, 'reference' | 'options'>): {
  batches: Batch[];
  batchSize: number;
  sentBatchSize: number | null;
} {
  const { probe, batch_size: sentBatchSize } = requestConfigOf(options, reference.file);
  const count = reference.nonces.length;
  const batchSize = probe === 'whole' ? count : (sentBatchSize ?? DEFAULT_BATCH_SIZE);
  return { batches: planBatches(count, batchSize), batchSize, sentBatchSize };
}
