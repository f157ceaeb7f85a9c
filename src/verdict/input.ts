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
  /** Its name in texts. */
  name: string;
  vectors: GoldenVectors;
}

/** Why a reference must not be used any more, and which one replaces it. */
export interface Superseded {
  reason: string;
  successor?: string;
}

/** Everything that a verdict is judged from: plain data of a finished or interrupted probe. */
export interface JudgeInput {
  /** Nonces that were asked for, in the reference's order. */
  nonces: number[];
  /** The answers, in any order; `mismatch` and `why` are judged again from the distances. */
  observations: Observation[];
  /**
   * Nonces without a completed answer. With coverage `every-replica` a nonce is listed once for each replica
   * that did not answer it. Otherwise the nonces without an observation are found here as well.
   */
  unansweredNonces: number[];
  coverage: Coverage;
  /** Which replicas there are; null where an older version did not keep it. */
  rotation: Rotation | null;
  statTest: ResolvedStatTest;
  /** Governance id, for the texts. */
  model?: string;
  /** The known distances of the model; null: none are known, and only the test judges the distances. */
  known: KnownDistances | null;
  /** The reference must not be used any more; null: no such fact is known. */
  superseded: Superseded | null;
  /** How the node's machine compares with the reference's; null where neither is known. */
  machine: MachineCase | null;
  /** Counts of the node's own check, by replica or by request; null when it was not run. */
  selfCheck: SelfCheckCounts[] | null;
  /**
   * The observations were judged by the node's own check itself, or by nobody: then there is nothing to compare
   * it with.
   */
  isSelfJudged?: boolean;
  /** Turns warnings about the node into FAIL. */
  strict: boolean;
  /** null where the golden vectors are not available: then diagnoses that compare with them are not made. */
  reference: GoldenVectors | null;
  /** Shows which side's heads of batches are wrong; null: there is no second source. */
  second: SecondReference | null;
  /**
   * How the arguments of an already running model differ from the wanted ones; null: no difference, or not
   * known.
   */
  deployMismatch: string | null;
  /** Warnings of earlier phases. They follow the warnings of the verdict. */
  warnings: Warning[];
}
