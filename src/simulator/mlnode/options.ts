import type { GoldenReference } from '../../golden/reference.js';
import type { FaultHook } from './faults.js';
import type { ImageFault } from './image-faults.js';
import type { StartFailure } from './inference.js';
import type { ProfileName } from './profiles/index.js';
import type { Profile } from './profiles/profile.js';
import type { WeightsStatus } from './weights.js';

/** Options of a simulated ML node. Times are in milliseconds. */
export interface MlNodeSimulatorOptions {
  /**
   * One profile per replica, by name or made for a test; when the model is loaded with other arguments, the
   * profiles are assigned in turn.
   */
  replicas: readonly (ProfileName | Profile)[];
  /** For one batch of any size on one replica; above 0. */
  batchTimeMs: number;
  /** The loaded model; default: the model of the first reference. */
  model?: string;
  /** References whose vectors a replica without faults returns for their inputs. */
  golden?: GoldenReference | readonly GoldenReference[];
  /** 127.0.0.1 */
  host?: string;
  /** 0: a free one. */
  port?: number;
  /** A `poc_segment` that paths must have; a version like `/v3.0.8` before it is always accepted. */
  segment?: string;
  /** Time limit of the node for one `wait: true` call (60 s). */
  waitLimitMs?: number;
  /** The build's default for batch_size (32). */
  defaultBatchSize?: number;
  /** How long finished jobs are kept (300 s). */
  forgetAfterMs?: number;
  /** Whether `wait: false` queues the request; older builds answer at once (true). */
  queues?: boolean;

  /** Whether the model is loaded from the start (true). */
  up?: boolean;
  /** Arguments of the model loaded from the start. */
  args?: readonly string[];
  /** Time to load a model (1 s). */
  loadTimeMs?: number;
  /** Time between two health passes of the node (2 s). */
  healthIntervalMs?: number;
  /**
   * How long the replicas of a model that went down are still listed as ERROR (0; a real node: up to 6 s).
   */
  errorAfterDownMs?: number;
  /** Time between two replicas that join (1 s). */
  joinIntervalMs?: number;
  /** Makes the next start fail. */
  startFailure?: StartFailure;

  /**
   * Models in the cache, by `repository` or `repository:commit`; the loaded model and those of references are
   * always there.
   */
  weights?: Readonly<Record<string, WeightsStatus>>;
  /** Has the weights of every repository at every commit (false). */
  hasAllWeights?: boolean;
  /** Cannot download, and cannot distinguish complete weights from partial ones. */
  offline?: boolean;
  /** Time for a download (1 s). */
  downloadTimeMs?: number;

  /** Name of the GPUs (NVIDIA B200). */
  gpuName?: string;
  /** Number of GPUs (4 per replica). */
  gpuCount?: number;
  /** Package version in the answer of `state` ("0.2.0"). */
  version?: string;
  /** A newer node: it reports its versions and metrics, with the errors that the GPU driver reported. */
  newer?: { version: string; vllm: string; xid?: { gpu: number; code: number }[] };
  /** An old node: no `gpu` and `models` endpoints, a short `state`. */
  legacy?: boolean;

  /** Faults of its image other than wrong vectors (none). */
  imageFaults?: readonly ImageFault[];
  /** Longest prompt with its answer, in tokens, where the arguments set none (262,144). */
  maxModelLen?: number;
  /** Time for one token of a chat (0). */
  tokenTimeMs?: number;

  /** Decides for each request whether it fails, and how. */
  faults?: FaultHook;
}
