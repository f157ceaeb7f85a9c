import ndarray from 'ndarray';
import type { GoldenReference } from '../golden/reference.js';
import type { Observation } from '../run/observation.js';
import type { Warning } from '../run/report.js';
import { aboutRun } from '../run/warnings.js';
import { schemeOf } from '../schemes/index.js';
import { emptyCompared, type Scheme } from '../schemes/scheme.js';
import { counted } from '../text/figures.js';

/** Measurements, and how many of them do not agree with their vectors. */
export interface MeasuredAgain {
  observations: Observation[];
  changed: number;
}

/**
 * Measures the stored vectors of a run against the golden vectors again. The vectors count, and not what a
 * file says of them. A nonce that is not in the reference keeps its stored measurement.
 *
 * @param reference of the run
 */
export function measureAgain(observations: Observation[], reference: GoldenReference): MeasuredAgain {
  const scheme = schemeOf(reference.file);
  // Only an engine that has the model loaded can say whether chains match.
  if (scheme.judgedBy === 'engine') return { observations, changed: 0 };
  const rowOf = new Map(reference.nonces.map((nonce, row) => [nonce, row]));
  let changed = 0;
  const again = observations.map((before) => {
    const row = rowOf.get(before.nonce);
    const now = row === undefined ? before : measured(before, row, reference, scheme);
    if (now.l2 !== before.l2 || isVector(now) !== isVector(before)) changed++;
    return now;
  });
  return { observations: again, changed };
}

/**
 * What a reader must know about distances that a file contains.
 *
 * @param why why they could not be measured again; null where they were
 */
export function aboutMeasuring(changed: number, all: number, why: string | null): Warning[] {
  if (why !== null) {
    return [aboutRun(`distances are as the run wrote them, and were not measured again: ${why}`)];
  }
  if (changed === 0) return [];
  return [
    aboutRun(
      `${changed} of ${counted(all, 'measurement')} did not fit their vectors: they were measured again`,
    ),
  ];
}

/** Whether there is a distance to judge, above or below the threshold. */
function isVector({ why }: Observation): boolean {
  return why === null || why === 'distance';
}

function measured(
  before: Observation,
  row: number,
  { vectors: golden }: GoldenReference,
  scheme: Scheme,
): Observation {
  const length = golden.shape[1] as number;
  const own = new Float32Array(length);
  const { nonce, vector_b64, k_points_steps } = before;
  const none = { l2: null, cosine_distance: null, mismatch: true } as const;
  if (vector_b64 === null) return { ...before, ...none, why: isVector(before) ? 'missing' : before.why };
  const artifact = { nonce, vector_b64, ...(k_points_steps && { k_points_steps }) };
  const { finding } = scheme.read(artifact, own, 0, length);
  if (finding !== 'vector') {
    const found = finding === 'decode_only' || finding === 'prefill_only' ? 'undecodable' : finding;
    // Only the beginning of a broken text is kept, and it may be broken in another way.
    return { ...before, ...none, why: isVector(before) || before.why === 'conflicting' ? found : before.why };
  }
  // The node gave two vectors for the nonce: no distance says which one is meant.
  if (before.why === 'conflicting') return { ...before, ...none };
  const compared = emptyCompared(1);
  scheme.compare(ndarray(own, [1, length]), golden.lo(row, 0).hi(1, length), compared);
  const [l2, cosine] = [finiteOrNull(compared.l2[0]), finiteOrNull(compared.cosine[0])];
  // The verdict decides whether it is above the threshold.
  const why = l2 === null ? 'non_finite' : before.why === 'distance' ? 'distance' : null;
  return { ...before, l2, cosine_distance: cosine, mismatch: why !== null, why };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
