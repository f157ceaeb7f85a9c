import type { GoldenFile } from '../golden/reference.js';
import type { PocParams } from '../mlnode/answers.js';
import type { NodeIdentity } from '../mlnode/identity.js';
import { schemeOf } from '../schemes/index.js';
import { artifactOf, type Kept, type VectorForm } from '../schemes/scheme.js';

/** The reference that a recording makes. */
export function composeReference(options: {
  params: PocParams;
  nonces: number[];
  vectors: ReadonlyMap<number, Kept>;
  batchSize: number;
  distThreshold: number;
  source: string | undefined;
  additionalArgs: string[];
  identity: NodeIdentity;
  now: Date;
}): GoldenFile {
  const { params, nonces, vectors, identity, additionalArgs } = options;
  const { params: computed, ...common } = params;
  const form: VectorForm = computed;
  const encoding = schemeOf(form).encoding(form);
  const recordedAt = options.now.toISOString();
  const build = [identity.version === null ? '' : `mlnode ${identity.version}`, additionalArgs.join(' ')]
    .filter(Boolean)
    .join(', ');
  const source =
    options.source ?? ['recorded with assay', identity.hardware, build].filter(Boolean).join('; ');
  return {
    ...computed,
    ...common,
    dist_threshold: options.distThreshold,
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
