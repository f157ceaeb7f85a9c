import type { GoldenReference } from '../golden/reference.js';
import type { CheckName, ImageCheckResult } from './model.js';

/** What an acceptance is to do. What is absent has the default named there. */
export interface AcceptOptions {
  /** `http://HOST:POC_PORT[/VERSION][POC_SEGMENT]` */
  mlnodeUrl: string;
  model: string;
  /** A reference, or the name or file of one; default: the model's own. */
  reference?: string | GoldenReference;
  /** vLLM arguments to start the model with. */
  startArgs?: string[];
  /** Start it with the arguments that the reference was recorded with; in place of `startArgs`. */
  startArgsFromReference?: boolean;
  /** Wait so long for a node that is still starting. Default 0. */
  waitReadySeconds?: number;
  /** For one start of the model with its replicas. Default 1800, on Blackwell GPUs 3600. */
  startSeconds?: number;
  /** How many replicas the node should have; default: as many as fit its GPUs with the arguments. */
  expectReplicas?: number;
  /** URLs of nodes of other GPU classes. */
  peers?: string[];
  /** Of the OpenAI protocol: what stands before `/v1`. Default: the node's own. */
  inferenceUrl?: string;
  /** Default 3. */
  cycles?: number;
  /** Default 60. */
  measureSeconds?: number;
  /** Default 30. */
  warmupSeconds?: number;
  /** Limit for one chat. Default 300. */
  chatSeconds?: number;
  /** These alone. */
  only?: CheckName[];
  skip?: CheckName[];
  /** The run's folder; default `runs/accept_<model>_<time>`. */
  expDir?: string;
  /** The folder of a run that was interrupted, to be taken up; in place of `expDir`. */
  resume?: string;
  /** Multiplies every limit and wait that has no option of its own. Default 1. */
  patience?: number;
  /** After which the node ends a request that waits. Default 60, by the protocol. */
  waitLimitSeconds?: number;
}

/** What is not given. */
export const DEFAULTS = { cycles: 3, measureSeconds: 60, warmupSeconds: 30, chatSeconds: 300 } as const;

/** A run that is taken up: what is absent is as it was started. */
export type ResumeOptions = Partial<AcceptOptions> & { resume: string };

/** What a caller may watch. */
export interface AcceptEvents {
  /** The run's folder is there. */
  begun?(folder: string): void;
  checkStarted?(check: { check: CheckName; title: string; index: number; of: number }): void;
  /** @param isKept it is from an earlier part of the run */
  checkEnded?(result: ImageCheckResult, isKept: boolean): void;
  /** What it waits for. */
  note?(text: string): void;
  warning?(text: string): void;
}
