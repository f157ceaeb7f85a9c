import type { GoldenReference } from '../golden/reference.js';
import type { PocParams } from '../mlnode/answers.js';
import type { KnownDistances } from '../models/distances.js';
import type { PoolLease } from '../probe/pool.js';
import type { StatTest } from '../run/thresholds.js';
import type { ValidateContext } from '../validate/context.js';
import type { CheckName, Figures, ImageFinding } from './model.js';

/** The inputs of a run: all resolved once, before the node is touched. */
export interface AcceptInputs {
  /** Without a trailing slash. */
  mlnodeUrl: string;
  model: string;
  reference: GoldenReference;
  params: PocParams;
  statTest: StatTest;
  /** Distances of honest nodes of the model; null: none are known. */
  known: KnownDistances | null;
  /** vLLM arguments that the model is started with; null: none were given. */
  startArgs: string[] | null;
  /** Time limit of one start, in seconds; null: it depends on the GPUs. */
  startSeconds: number | null;
  /** Nodes of other GPU classes, without trailing slashes. */
  peers: string[];
  /** Base URL of the OpenAI protocol: the part before `/v1`. */
  inferenceUrl: string;
  cycles: number;
  /** Duration of the measurement of one PoC's rate, in seconds. */
  measureSeconds: number;
  /** Duration before a rate is measured, in seconds. */
  warmupSeconds: number;
  /** Checks that the user named with --only. */
  only: CheckName[] | null;
  skip: CheckName[];
  /** Time limit of one chat, in seconds. */
  chatSeconds: number;
  /** Time after which the node ends a waiting request, in seconds: 60 by the protocol. */
  waitLimitSeconds: number;
}

/** The tools of every check. Its node, signal and time limit are those of the check. */
export interface Tester extends ValidateContext {
  inputs: AcceptInputs;
  pool: PoolLease;
  /** The run's folder. */
  folder: string;
}

/** One check: it gathers plain facts, and judges them without another request to the node. */
export interface ImageCheck<F = unknown> {
  name: CheckName;
  title: string;
  /** Why the check matters, in a sentence. */
  why: string;
  limitSeconds(inputs: AcceptInputs): number;
  /** The missing inputs; null if all are given. */
  lacks?(inputs: AcceptInputs): string | null;
  /**
   * Sends requests to the node, and restores its state.
   *
   * @throws AssayError when the facts cannot be gathered: then the result is unknown
   */
  gather(tester: Tester): Promise<F>;
  /** @returns at least one finding; an empty list means that nothing is known */
  judge(facts: F, inputs: AcceptInputs): ImageFinding[];
  figures?(facts: F, inputs: AcceptInputs): Figures;
}

/** Checks the types of a check's facts, and returns the common type of the list of checks. */
export function defineCheck<F>(check: ImageCheck<F>): ImageCheck {
  return check as ImageCheck;
}
