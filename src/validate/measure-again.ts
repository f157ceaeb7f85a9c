import ndarray from 'ndarray';
import type { GoldenReference } from '../golden/reference.js';
import type { Observation } from '../run/observation.js';
import type { Warning } from '../run/report.js';
import { aboutRun } from '../run/warnings.js';
import { schemeOf } from '../schemes/index.js';
import { emptyCompared, type Scheme } from '../schemes/scheme.js';

/** Measurements, and how many of them did not say what their vectors say. */
export interface MeasuredAgain {
  observations: Observation[];
  changed: number;
}

/**
 * Measures what a run has kept against the golden vectors again: the vectors count, and not what a file says of
 * them. A nonce that the reference does not hold keeps what it has.
 *
 * @param reference of the run
 */
export function measureAgain(observations: Observation[], reference: GoldenReference): MeasuredAgain {
  const scheme = schemeOf(reference.file);
  // Of chains only an engine that holds the model can say whether they match.
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
 * What is to be known of distances that a file holds.
 *
 * @param why they could not be measured again; null where they were
 */
export function aboutMeasuring(changed: number, all: number, why: string | null): Warning[] {
  if (why !== null) {
    return [aboutRun(`distances are as the run wrote them, and were not measured again: ${why}`)];
  }
  if (changed === 0) return [];
  return [aboutRun(`${changed} of ${all} measurements did not fit their vectors: they were measured again`)];
}

/** Whether there is a distance to judge, whichever side of a threshold it is on. */
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
    // Of a broken text only the beginning is kept, which may be broken in another way.
    return { ...before, ...none, why: isVector(before) || before.why === 'conflicting' ? found : before.why };
  }
  // One of two vectors for the nonce: no distance says which one is meant.
  if (before.why === 'conflicting') return { ...before, ...none };
  const compared = emptyCompared(1);
  scheme.compare(ndarray(own, [1, length]), golden.lo(row, 0).hi(1, length), compared);
  const [l2, cosine] = [finiteOrNull(compared.l2[0]), finiteOrNull(compared.cosine[0])];
  // Whether it is farther than the threshold is the verdict's to say.
  const why = l2 === null ? 'non_finite' : before.why === 'distance' ? 'distance' : null;
  return { ...before, l2, cosine_distance: cosine, mismatch: why !== null, why };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
