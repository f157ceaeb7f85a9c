import { ApiError } from './api-error.js';
import type { ModelRequest } from './requests.js';

export type WeightsStatus = 'DOWNLOADED' | 'DOWNLOADING' | 'NOT_FOUND' | 'PARTIAL';

const MAX_DOWNLOADS = 3;
/** Every model has the size of Kimi K2.6 here. */
const MODEL_GB = 594.3;
const DISK_GB = 4096;

interface Download {
  startedAt: number;
  error: string | undefined;
}

/** The model cache of a node. A model's key is its repository and commit. */
export class Weights {
  /** Set: downloads end with this error. */
  failure: string | undefined;
  private readonly present = new Map<string, WeightsStatus>();
  private readonly downloads = new Map<string, Download>();

  /** @param present status of the weights in the cache, by `repository` or `repository:commit` */
  constructor(
    present: Readonly<Record<string, WeightsStatus>>,
    private readonly options: { offline: boolean; downloadTimeMs: number; hasAll?: boolean },
  ) {
    for (const [name, status] of Object.entries(present)) {
      this.present.set(name.includes(':') ? name : keyOf({ hf_repo: name }), status);
    }
  }

  /** The body of `models/status`. */
  status(request: ModelRequest): Record<string, unknown> {
    const download = this.downloads.get(keyOf(request));
    const running = download !== undefined && this.isRunning(download);
    return {
      model: modelOf(request),
      status: this.statusOf(request),
      progress: running
        ? {
            start_time: (performance.timeOrigin + download.startedAt) / 1000,
            elapsed_seconds: (performance.now() - download.startedAt) / 1000,
          }
        : null,
      error_message: (!running && download?.error) || null,
    };
  }

  /**
   * Begins a download: the body of `models/download`.
   *
   * @throws ApiError 409 when the model is downloading already, 429 when three models are
   */
  download(request: ModelRequest): Record<string, unknown> {
    const key = keyOf(request);
    const model = modelOf(request);
    if (this.options.offline) return { task_id: `${key}:offline`, status: 'IGNORED', model };
    const status = this.statusOf(request);
    if (status === 'DOWNLOADING') throw new ApiError(409, `Model ${key} is already downloading`);
    if (status !== 'DOWNLOADED') {
      const running = [...this.downloads.values()].filter((download) => this.isRunning(download));
      if (running.length >= MAX_DOWNLOADS) {
        throw new ApiError(429, `Maximum concurrent downloads (${MAX_DOWNLOADS}) reached`);
      }
      this.downloads.set(key, { startedAt: performance.now(), error: this.failure });
    }
    return { task_id: key, status: this.statusOf(request), model };
  }

  /** The body of `models/space`. */
  space(): Record<string, unknown> {
    const whole = [...this.present.values()].filter((status) => status === 'DOWNLOADED').length;
    const fetched = [...this.downloads.values()].reduce((sum, each) => sum + this.shareOf(each), whole);
    const cacheGb = Math.round(fetched * MODEL_GB * 100) / 100;
    return { cache_size_gb: cacheGb, available_gb: DISK_GB - cacheGb, cache_path: '/root/.cache/hub' };
  }

  /** Ends the running downloads as if their time had passed. */
  endDownloads(): void {
    for (const download of this.downloads.values()) download.startedAt = Number.NEGATIVE_INFINITY;
  }

  private statusOf(request: ModelRequest): WeightsStatus {
    const download = this.downloads.get(keyOf(request));
    if (download !== undefined) {
      if (this.isRunning(download)) return 'DOWNLOADING';
      return download.error === undefined ? 'DOWNLOADED' : 'PARTIAL';
    }
    const status =
      this.present.get(keyOf(request)) ??
      (this.options.hasAll ? 'DOWNLOADED' : this.underOtherCommit(request));
    // Complete weights are recognised by a comparison with the hub's list, which an offline node does not
    // have.
    return this.options.offline && status === 'DOWNLOADED' ? 'PARTIAL' : status;
  }

  /** Files of the model at another commit make it partial. */
  private underOtherCommit({ hf_repo }: ModelRequest): WeightsStatus {
    const keys = [...this.present.keys(), ...this.downloads.keys()];
    return keys.some((key) => key.startsWith(`${hf_repo}:`)) ? 'PARTIAL' : 'NOT_FOUND';
  }

  private shareOf({ startedAt }: Download): number {
    return Math.min(1, (performance.now() - startedAt) / this.options.downloadTimeMs);
  }

  private isRunning({ startedAt }: Download): boolean {
    return performance.now() < startedAt + this.options.downloadTimeMs;
  }
}

function keyOf({ hf_repo, hf_commit }: ModelRequest): string {
  return `${hf_repo}:${hf_commit ?? 'latest'}`;
}

function modelOf({ hf_repo, hf_commit = null }: ModelRequest): Required<ModelRequest> {
  return { hf_repo, hf_commit };
}
