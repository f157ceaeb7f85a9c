import type { Done } from '../batches/run-batches.js';
import type { MismatchReason, Observation } from '../run/observation.js';
import type { Scheme } from '../schemes/scheme.js';
import { FINDINGS, type Measured, received } from './measure.js';

/**
 * A batch's measurements as observations, one per nonce.
 *
 * @param nonces those of the batch, in order
 * @param distThreshold L2 distances above it are mismatches
 */
export function observe(
  done: Done<Measured>,
  nonces: ArrayLike<number>,
  scheme: Scheme,
  distThreshold: number,
): Observation[] {
  const { batch, result, replica, requestId, latencyMs } = done;
  return Array.from({ length: batch.count }, (_, row) => {
    const l2 = finiteOrNull(result.l2[row]);
    const why = reasonOf(result, row, l2, scheme, distThreshold);
    return {
      nonce: nonces[row] as number,
      ...received(result, row, scheme),
      l2,
      cosine_distance: finiteOrNull(result.cosine[row]),
      ...(scheme.judgedBy === 'engine' && { first_divergence: stepOrNull(result.divergence[row]) }),
      mismatch: why !== null,
      why,
      replica,
      request: requestId,
      batch: batch.index,
      latency_s: Math.round(latencyMs) / 1000,
    };
  });
}

function reasonOf(
  measured: Measured,
  row: number,
  l2: number | null,
  scheme: Scheme,
  distThreshold: number,
): MismatchReason | null {
  const finding = FINDINGS[measured.found[row] as number];
  if (finding === 'decode_only' || finding === 'prefill_only') return 'undecodable';
  if (finding !== undefined && finding !== 'vector') return finding;
  if (scheme.judgedBy === 'engine') return null;
  if (l2 === null) return 'non_finite';
  return l2 > distThreshold ? 'distance' : null;
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function stepOrNull(step: number | undefined): number | null {
  return step === undefined || step < 0 ? null : step;
}
