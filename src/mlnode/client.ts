import type { ValidateFunction } from 'ajv';
import { AssayError } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import { maskSecrets } from '../http/mask.js';
import type { RequestKind } from '../http/policy.js';
import { type JsonAnswer, requestJson } from '../http/request.js';
import { type Manners, withRetries } from '../http/retry.js';
import { accept } from '../schemas/accept.js';
import validateAccepted from '../schemas/generated/mlnode-accepted.js';
import validateDriver from '../schemas/generated/mlnode-driver.js';
import validateGpuDevices from '../schemas/generated/mlnode-gpu-devices.js';
import validateModelStatus from '../schemas/generated/mlnode-model-status.js';
import validatePowInit from '../schemas/generated/mlnode-pow-init.js';
import validatePowStatus from '../schemas/generated/mlnode-pow-status.js';
import validateSpace from '../schemas/generated/mlnode-space.js';
import validateState from '../schemas/generated/mlnode-state.js';
import validateTask from '../schemas/generated/mlnode-task.js';
import validateUpStatus from '../schemas/generated/mlnode-up-status.js';
import validateVersions from '../schemas/generated/mlnode-versions.js';
import type {
  DownloadTask,
  GpuDevices,
  GpuDriver,
  ModelSpace,
  ModelStatus,
  NodeState,
  NodeVersions,
  PocParams,
  PowInit,
  PowStatus,
  UpStatus,
} from './answers.js';
import { type NodeMetrics, parseMetrics } from './metrics.js';

const READ_TIMEOUT_MS = 10_000;
/** Starting or stopping a model or generation waits for every replica. */
const ACT_TIMEOUT_MS = 60_000;
const MAX_BYTES = 1 << 20;
/** The answer also contains vLLM's own series. */
const MAX_METRICS_BYTES = 8 << 20;

/** The control API of one ML node: everything except the vectors, which the probe workers fetch. */
export class MlNodeClient {
  /** `{base}/api/v1` */
  readonly api: string;
  readonly #base: string;
  readonly #manners: Required<Manners>;

  /**
   * @param base `http://HOST:POC_PORT[/VERSION][POC_SEGMENT]`, without a trailing slash
   * @param signal ends every request and every wait between retries
   * @param patience multiplies every limit and wait; 1 is for a real network
   * @param until a `performance.now()`: a request is not retried after it
   */
  constructor(base: string, signal?: AbortSignal, patience = 1, until = Number.POSITIVE_INFINITY) {
    this.#base = base;
    this.api = `${base}/api/v1`;
    this.#manners = { signal, patience, until };
  }

  /**
   * The same node with other limits: those of a phase, or of cleaning up, which must continue after an
   * interruption.
   */
  within({ signal, until }: { signal: AbortSignal | undefined; until: number }): MlNodeClient {
    return new MlNodeClient(this.#base, signal, this.#manners.patience, until);
  }

  /** Whether the node answers at all. A 503 is an answer: the process is up, the model is not. */
  reach(): Promise<{ healthy: boolean }> {
    return withRetries('read', this.#manners, async () => {
      try {
        await this.#sendOnce('read', 'GET', `${this.#base}/health`, undefined);
        return { healthy: true };
      } catch (error) {
        if (error instanceof HttpFault && (error.status === 503 || error.outcome === 'absent')) {
          return { healthy: false };
        }
        throw error;
      }
    });
  }

  state(): Promise<NodeState> {
    return this.#read('/state', validateState);
  }

  /** null on a node that is too old to answer. */
  gpuDevices(): Promise<GpuDevices | null> {
    return nullIfAbsent(this.#read<GpuDevices>('/gpu/devices', validateGpuDevices));
  }

  /** null on a node that is too old to answer. */
  versions(): Promise<NodeVersions | null> {
    return nullIfAbsent(this.#read<NodeVersions>('/versions', validateVersions));
  }

  /** null on a node that is too old to answer, or has no driver. */
  async driver(): Promise<GpuDriver | null> {
    try {
      return await this.#sendOnce('read', 'GET', `${this.api}/gpu/driver`, undefined).then((answer) =>
        acceptAnswer<GpuDriver>(validateDriver, answer, maskSecrets(`GET ${this.api}/gpu/driver`)),
      );
    } catch (error) {
      if (error instanceof HttpFault && (error.outcome === 'absent' || error.status === 503)) return null;
      throw error;
    }
  }

  /** null on a node that is too old to answer, or where metrics are off. */
  async metrics(): Promise<NodeMetrics | null> {
    const { signal, patience } = this.#manners;
    const answer = requestJson({
      method: 'GET',
      url: `${this.api}/metrics`,
      timeoutMs: patience * READ_TIMEOUT_MS,
      maxBytes: MAX_METRICS_BYTES,
      parse: parseMetrics,
      ...(signal && { signal }),
    });
    const found = await nullIfAbsent(answer);
    return found === null ? null : (found.body as NodeMetrics);
  }

  /**
   * @param commit null: the head of the branch
   * @returns null on a node that is too old to answer
   */
  modelStatus(repository: string, commit: string | null = null): Promise<ModelStatus | null> {
    const body = { hf_repo: repository, hf_commit: commit };
    return nullIfAbsent(this.#call<ModelStatus>('read', 'POST', '/models/status', validateModelStatus, body));
  }

  /** Gigabytes of all weights on the node; null where the node does not know. */
  async weightsGb(): Promise<number | null> {
    return (await this.space())?.cache_size_gb ?? null;
  }

  /**
   * Where the weights are, how much space they use and how much is free; null where the node does not know.
   */
  async space(): Promise<ModelSpace | null> {
    const space = await nullIfAbsent(this.#read<ModelSpace>('/models/space', validateSpace));
    // On an error the node reports 0 for everything.
    return space?.available_gb ? space : null;
  }

  /**
   * @throws HttpFault `conflict` when this download is in progress already, `throttled` when three others are
   */
  startDownload(repository: string, commit: string | null = null): Promise<DownloadTask> {
    const body = { hf_repo: repository, hf_commit: commit };
    return this.#call('act', 'POST', '/models/download', validateTask, body);
  }

  /** @throws HttpFault `conflict` when a model runs or starts, or another service holds the node */
  async startModel(model: string, dtype: string, args: string[]): Promise<void> {
    const body = { model, dtype, additional_args: args };
    await this.#call('act', 'POST', '/inference/up/async', validateAccepted, body);
  }

  /** Unloads the model. A second stop has no further effect, so it is retried like a read. */
  async stopModel(): Promise<void> {
    await this.#call('read', 'POST', '/inference/down', validateAccepted, {});
  }

  startStatus(): Promise<UpStatus> {
    return this.#read('/inference/up/status', validateUpStatus);
  }

  powStatus(): Promise<PowStatus> {
    return this.#read('/inference/pow/status', validatePowStatus);
  }

  /** Whether this node has a request that was queued: only the node that gave the id has it. */
  async holdsRequest(requestId: string): Promise<boolean> {
    try {
      const url = `${this.api}/inference/pow/generate/${encodeURIComponent(requestId)}`;
      await this.#sendOnce('read', 'GET', url, undefined);
      return true;
    } catch (error) {
      if (error instanceof HttpFault && !this.#manners.signal?.aborted) return error.outcome === 'too_large';
      throw error;
    }
  }

  startGeneration(params: PocParams, batchSize: number | undefined): Promise<PowInit> {
    const body = { ...params, ...(batchSize !== undefined && { batch_size: batchSize }) };
    return this.#call('act', 'POST', '/inference/pow/init/generate', validatePowInit, body);
  }

  /** Stops every generation and empties every queue on the node, for all users. */
  async stopGeneration(): Promise<void> {
    // A second stop has no further effect, so it is retried like a read.
    await this.#call('read', 'POST', '/inference/pow/stop', validateAccepted, {});
  }

  #read<T>(path: string, validate: ValidateFunction): Promise<T> {
    return this.#call('read', 'GET', path, validate);
  }

  #call<T>(
    kind: RequestKind,
    method: 'GET' | 'POST',
    path: string,
    validate: ValidateFunction,
    body?: unknown,
  ): Promise<T> {
    const url = this.api + path;
    return withRetries(kind, this.#manners, async () => {
      const answer = await this.#sendOnce(kind, method, url, body);
      return acceptAnswer<T>(validate, answer, maskSecrets(`${method} ${url}`));
    });
  }

  #sendOnce(kind: RequestKind, method: 'GET' | 'POST', url: string, body: unknown): Promise<JsonAnswer> {
    const { signal, patience } = this.#manners;
    return requestJson({
      method,
      url,
      timeoutMs: patience * (kind === 'act' ? ACT_TIMEOUT_MS : READ_TIMEOUT_MS),
      maxBytes: MAX_BYTES,
      freshConnection: kind === 'act',
      ...(signal && { signal }),
      ...(body !== undefined && { body }),
    });
  }
}

/** An answer that has the form of its schema, otherwise a fault. */
export function acceptAnswer<T>(validate: ValidateFunction, answer: JsonAnswer, where: string): T {
  try {
    return accept<T>(validate, answer.body, where);
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    throw new HttpFault('malformed', error.message, {
      status: answer.status,
      advice: 'check that the URL is that of an ML node',
    });
  }
}

async function nullIfAbsent<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HttpFault && error.outcome === 'absent') return null;
    throw error;
  }
}
