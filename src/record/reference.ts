import type { GoldenFile } from '../golden/reference.js';
import { clip } from '../http/detail.js';
import { HttpFault } from '../http/fault.js';
import type { PocParams } from '../mlnode/answers.js';
import type { MlNodeClient } from '../mlnode/client.js';

/** What a node says of itself, for the provenance of what it computed. */
export interface NodeIdentity {
  loadedModel: string | null;
  version: string | null;
  /** For example `4×NVIDIA B200`; null on a node that does not tell. */
  hardware: string | null;
}

export async function identify(node: MlNodeClient): Promise<NodeIdentity> {
  const [state, gpus] = await Promise.all([stateOrNull(node), node.gpuDevices()]);
  const counts = new Map<string, number>();
  for (const { name } of gpus?.devices ?? []) {
    const key = clip(name ?? 'unknown');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const hardware = [...counts].map(([name, count]) => `${count}×${name}`).join(', ');
  return {
    loadedModel: state?.loaded_model ?? null,
    version: state?.version == null ? null : clip(state.version),
    hardware: hardware === '' ? null : hardware,
  };
}

async function stateOrNull(node: MlNodeClient) {
  try {
    return await node.state();
  } catch (error) {
    if (error instanceof HttpFault && error.outcome === 'absent') return null;
    throw error;
  }
}

/** The reference that a recording makes. */
export function composeReference(options: {
  params: PocParams;
  nonces: number[];
  vectors: ReadonlyMap<number, string>;
  batchSize: number;
  distThreshold: number;
  source: string | undefined;
  additionalArgs: string[];
  identity: NodeIdentity;
  now: Date;
}): GoldenFile {
  const { params, nonces, vectors, identity, additionalArgs } = options;
  const { params: computed, ...common } = params;
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
    encoding: { dtype: 'f16', k_dim: computed.k_dim, endian: 'le' },
    provenance: {
      source,
      ...(identity.hardware !== null && { hardware: identity.hardware }),
      ...(build !== '' && { build }),
      recorded_at: recordedAt,
      vector_count: nonces.length,
    },
    artifacts: nonces.map((nonce) => ({ nonce, vector_b64: vectors.get(nonce) as string })),
  };
}
