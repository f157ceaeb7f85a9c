import type { GoldenReference } from '../../golden/reference.js';
import type { FaultHook } from './faults.js';
import type { ImageFault } from './image-faults.js';
import type { StartFailure } from './inference.js';
import type { ProfileName } from './profiles/index.js';
import type { Profile } from './profiles/profile.js';
import type { WeightsStatus } from './weights.js';

/** How a simulated ML node is made. Times are in milliseconds. */
export interface MlNodeSimulatorOptions {
  /** One profile a replica, by name or made for a test; when the model is loaded with other arguments, they are dealt out in turn. */
  replicas: readonly (ProfileName | Profile)[];
  /** For one batch on one replica, whatever its size; above 0. */
  batchTimeMs: number;
  /** The loaded model; that of the first golden reference when left out. */
  model?: string;
  /** What a faultless replica computes for the inputs of these references. */
  golden?: GoldenReference | readonly GoldenReference[];
  /** 127.0.0.1 */
  host?: string;
  /** 0: a free one. */
  port?: number;
  /** A `poc_segment` that paths must carry; a version like `/v3.0.8` in front of it is always understood. */
  segment?: string;
  /** How long the node lets one `wait: true` call take (60 s). */
  waitLimitMs?: number;
  /** What the build takes for a left-out batch_size (32). */
  defaultBatchSize?: number;
  /** How long ended jobs are remembered (300 s). */
  forgetAfterMs?: number;
  /** Whether `wait: false` queues; older builds answer at once (true). */
  queues?: boolean;

  /** Whether the model is loaded from the start (true). */
  up?: boolean;
  /** Arguments of the model loaded from the start. */
  args?: readonly string[];
  /** How long a model loads (1 s). */
  loadTimeMs?: number;
  /** Between two health passes of the node (2 s). */
  healthIntervalMs?: number;
  /** How long the replicas of a model that went down are still listed, in ERROR (0; a real node: up to 6 s). */
  errorAfterDownMs?: number;
  /** Between the joining of one replica and the next (1 s). */
  joinIntervalMs?: number;
  /** Makes the next start fail. */
  startFailure?: StartFailure;

  /** What is in the model cache, by `repository` or `repository:commit`; loaded and golden models are. */
  weights?: Readonly<Record<string, WeightsStatus>>;
  /** Has the weights of every repository at every commit (false). */
  hasAllWeights?: boolean;
  /** Downloads nothing, and cannot tell whole weights from partial ones. */
  offline?: boolean;
  /** How long a download takes (1 s). */
  downloadTimeMs?: number;

  /** What the GPUs are (NVIDIA B200). */
  gpuName?: string;
  /** How many (4 a replica). */
  gpuCount?: number;
  /** Package version that `state` tells ("0.2.0"). */
  version?: string;
  /** A newer node: it tells its versions and metrics, with errors that the driver reported of GPUs. */
  newer?: { version: string; vllm: string; xid?: { gpu: number; code: number }[] };
  /** An old node: no `gpu` and `models` endpoints, a short `state`. */
  legacy?: boolean;

  /** What is wrong with its image beside the vectors (nothing). */
  imageFaults?: readonly ImageFault[];
  /** Longest prompt with its answer, where the arguments name none (262,144 tokens). */
  maxModelLen?: number;
  /** For one token of a chat (0). */
  tokenTimeMs?: number;

  /** Decides for each request whether and how it goes wrong. */
  faults?: FaultHook;
}
