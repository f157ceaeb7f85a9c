import type { NdArray } from 'ndarray';
import type { KnownDistances } from '../models/distances.js';
import type { Observation } from '../run/observation.js';
import type { Coverage, Warning } from '../run/report.js';
import type { ResolvedStatTest } from '../run/thresholds.js';
import type { Rotation } from './replicas-tested.js';
import type { MachineCase } from './same-machine.js';
import type { SelfCheckCounts } from './self-check.js';

/** The golden vectors, for the diagnosis. */
export interface GoldenVectors {
  nonces: number[];
  /** float32, shape [nonces, k_dim], same order, row after row. */
  vectors: NdArray<Float32Array>;
}

/** Vectors of a second source for the same inputs: another reference, or a trusted node. */
export interface SecondReference {
  /** As it is called in texts. */
  name: string;
  vectors: GoldenVectors;
}

/** Why a reference is no longer to be used, and which is. */
export interface Superseded {
  reason: string;
  successor?: string;
}

/** All that a verdict is judged from: plain data of a finished or interrupted probe. */
export interface JudgeInput {
  /** Nonces that were asked for, in the reference's order. */
  nonces: number[];
  /** What came, in any order; `mismatch` and `why` are judged anew from the distances. */
  observations: Observation[];
  /**
   * Nonces without a completed answer. With coverage `every-replica` a nonce stands once for each replica
   * that did not answer it; otherwise the ones without an observation are found here as well.
   */
  unansweredNonces: number[];
  coverage: Coverage;
  /** Which replicas there are; null where an older version did not keep it. */
  rotation: Rotation | null;
  statTest: ResolvedStatTest;
  /** Governance id, for the texts. */
  model?: string;
  /** What is known of the model's distances; null: nothing, and then nothing is judged by them but the test. */
  known: KnownDistances | null;
  /** The reference must not be used any more; null: nothing says so. */
  superseded: Superseded | null;
  /** How the node's machine compares with the reference's; null where neither is known. */
  machine: MachineCase | null;
  /** Counts of the node's own check, by replica or by request; null when it was not run. */
  selfCheck: SelfCheckCounts[] | null;
  /** Turns warnings about the node into FAIL. */
  strict: boolean;
  /** null where the golden vectors are not at hand: a diagnosis that compares with them is left out. */
  reference: GoldenVectors | null;
  /** Tells whose heads of batches are wrong; null: there is none. */
  second: SecondReference | null;
  /** What differs from the wanted arguments of a model that was up already; null: nothing, or not known. */
  deployMismatch: string | null;
  /** Warnings of earlier phases, handed through behind those of the verdict. */
  warnings: Warning[];
}
