import type { GoldenReference } from '../golden/reference.js';
import type { CheckName, ImageCheckResult } from './model.js';

/** Options of an acceptance. An absent option has its default. */
export interface AcceptOptions {
  /** `http://HOST:POC_PORT[/VERSION][POC_SEGMENT]` */
  mlnodeUrl: string;
  model: string;
  /** A reference, or the name or file of one; default: the model's own. */
  reference?: string | GoldenReference;
  /** vLLM arguments to start the model with. */
  startArgs?: string[];
  /** Start it with the arguments with which the reference was recorded; instead of `startArgs`. */
  startArgsFromReference?: boolean;
  /** Seconds to wait for a node that is still starting. Default 0. */
  waitReadySeconds?: number;
  /** Seconds for one start of the model with its replicas. Default 1800, on Blackwell GPUs 3600. */
  startSeconds?: number;
  /** Number of replicas that the node should have; default: as many as fit its GPUs with the arguments. */
  expectReplicas?: number;
  /** URLs of nodes of other GPU classes. */
  peers?: string[];
  /** Base URL of the OpenAI protocol: the part before `/v1`. Default: the node's own. */
  inferenceUrl?: string;
  /** Default 3. */
  cycles?: number;
  /** Default 60. */
  measureSeconds?: number;
  /** Default 30. */
  warmupSeconds?: number;
  /** Limit for one chat. Default 300. */
  chatSeconds?: number;
  /** Only these checks. */
  only?: CheckName[];
  skip?: CheckName[];
  /** The run's folder; default `runs/accept_<model>_<time>`. */
  expDir?: string;
  /** The folder of an interrupted run to resume; instead of `expDir`. */
  resume?: string;
  /** Factor for every limit and wait that has no option of its own. Default 1. */
  patience?: number;
  /** Seconds after which the node ends a waiting request. Default 60, by the protocol. */
  waitLimitSeconds?: number;
}

/** Default values. */
export const DEFAULTS = { cycles: 3, measureSeconds: 60, warmupSeconds: 30, chatSeconds: 300 } as const;

/** Options of a resumed run: an absent option is as it was at the start. */
export type ResumeOptions = Partial<AcceptOptions> & { resume: string };

/** Callbacks for a caller. */
export interface AcceptEvents {
  /** The run's folder exists. */
  begun?(folder: string): void;
  checkStarted?(check: { check: CheckName; title: string; index: number; of: number }): void;
  /** @param isKept it is from an earlier part of the run */
  checkEnded?(result: ImageCheckResult, isKept: boolean): void;
  /** What the run waits for. */
  note?(text: string): void;
  warning?(text: string): void;
}
