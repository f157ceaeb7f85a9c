import type { GoldenFile } from '../golden/reference.js';
import type { PocParams } from '../mlnode/answers.js';
import type { NodeIdentity } from '../mlnode/identity.js';
import type { ModelFile } from '../models/model-file.js';
import { schemeOf } from '../schemes/index.js';
import { artifactOf, type Kept, type VectorForm } from '../schemes/scheme.js';

/** The text about thresholds that are not known. */
export const TO_BE_CALIBRATED =
  'its thresholds are not calibrated yet (`assay calibrate` computes them from honest runs)';

/**
 * The thresholds of the model file. Without a file none are written, since figures of another model would
 * judge this one.
 */
function thresholdsOf(
  distThreshold: number | undefined,
  known: Pick<ModelFile, 'stat_test'> | null,
): Pick<GoldenFile, 'dist_threshold' | 'stat_test' | 'notes'> {
  const { dist_threshold, p_mismatch, fraud_threshold } = known?.stat_test ?? {};
  const threshold = distThreshold ?? dist_threshold;
  const test = {
    ...(p_mismatch !== undefined && { p_mismatch }),
    ...(fraud_threshold !== undefined && { fraud_threshold }),
  };
  const isWhole = threshold !== undefined && p_mismatch !== undefined && fraud_threshold !== undefined;
  return {
    ...(threshold !== undefined && { dist_threshold: threshold }),
    ...(Object.keys(test).length > 0 && { stat_test: test }),
    ...(!isWhole && { notes: TO_BE_CALIBRATED }),
  };
}

/** The reference that a recording makes. */
export function composeReference(options: {
  params: PocParams;
  nonces: number[];
  vectors: ReadonlyMap<number, Kept>;
  batchSize: number;
  distThreshold: number | undefined;
  /** What is known of the model; null where nothing is known. */
  known: Pick<ModelFile, 'stat_test'> | null;
  source: string | undefined;
  additionalArgs: string[];
  identity: NodeIdentity;
  now: Date;
}): GoldenFile {
  const { params, nonces, vectors, identity, additionalArgs } = options;
  const { params: computed, ...common } = params;
  const form: VectorForm = computed;
  const scheme = schemeOf(form);
  const encoding = scheme.encoding(form);
  const recordedAt = options.now.toISOString();
  const build = [identity.version === null ? '' : `mlnode ${identity.version}`, additionalArgs.join(' ')]
    .filter(Boolean)
    .join(', ');
  const source =
    options.source ?? ['recorded with assay', identity.hardware, build].filter(Boolean).join('; ');
  return {
    ...computed,
    ...common,
    // The thresholds of a model file are for distances: they say nothing about the margins of chains.
    ...thresholdsOf(options.distThreshold, scheme.judgedBy === 'distance' ? options.known : null),
    additional_args: additionalArgs,
    source,
    generated_at: recordedAt,
    collection_batch_size: options.batchSize,
    ...(encoding !== undefined && { encoding }),
    provenance: {
      source,
      ...(identity.hardware !== null && { hardware: identity.hardware }),
      ...(build !== '' && { build }),
      recorded_at: recordedAt,
      vector_count: nonces.length,
    },
    artifacts: nonces.map((nonce) => artifactOf(nonce, vectors.get(nonce) as Kept)),
  };
}
