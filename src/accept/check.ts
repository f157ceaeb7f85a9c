import type { GoldenReference } from '../golden/reference.js';
import type { PocParams } from '../mlnode/answers.js';
import type { KnownDistances } from '../models/distances.js';
import type { PoolLease } from '../probe/pool.js';
import type { StatTest } from '../run/thresholds.js';
import type { ValidateContext } from '../validate/context.js';
import type { CheckName, Figures, ImageFinding } from './model.js';

/** What a run is made with: everything resolved, once, before the node is touched. */
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
  /** For one start; null: as the GPUs need it. */
  startSeconds: number | null;
  /** Nodes of other GPU classes, without trailing slashes. */
  peers: string[];
  /** Of the OpenAI protocol: what stands before `/v1`. */
  inferenceUrl: string;
  cycles: number;
  /** For the rate of one PoC. */
  measureSeconds: number;
  /** Before a rate is measured. */
  warmupSeconds: number;
  /** Checks that the user named with --only. */
  only: CheckName[] | null;
  skip: CheckName[];
  /** Limit for one chat. */
  chatSeconds: number;
  /** After which the node ends a request that waits: 60 by the protocol. */
  waitLimitSeconds: number;
}

/** What every check works with. Its node, signal and end are those of the check. */
export interface Tester extends ValidateContext {
  inputs: AcceptInputs;
  pool: PoolLease;
  /** The run's folder. */
  folder: string;
}

/** One check: it gathers plain facts, and judges them without asking the node again. */
export interface ImageCheck<F = unknown> {
  name: CheckName;
  title: string;
  /** Why it matters, in a sentence. */
  why: string;
  limitSeconds(inputs: AcceptInputs): number;
  /** What has to be given for it; null where all is. */
  lacks?(inputs: AcceptInputs): string | null;
  /**
   * Asks the node, and leaves it as it was.
   *
   * @throws AssayError when the facts is not possible: then nothing is known
   */
  gather(tester: Tester): Promise<F>;
  /** @returns at least one finding; none is nothing known */
  judge(facts: F, inputs: AcceptInputs): ImageFinding[];
  figures?(facts: F, inputs: AcceptInputs): Figures;
}

/** Gives a check the type of its facts, and the list of checks one type. */
export function defineCheck<F>(check: ImageCheck<F>): ImageCheck {
  return check as ImageCheck;
}
