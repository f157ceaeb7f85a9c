import { ApiError } from './api-error.js';
import type { ModelRequest } from './requests.js';

export type WeightsStatus = 'DOWNLOADED' | 'DOWNLOADING' | 'NOT_FOUND' | 'PARTIAL';

const MAX_DOWNLOADS = 3;

interface Download {
  startedAt: number;
  error: string | undefined;
}

/** The model cache of a node. */
export class Weights {
  /** Set: downloads end with this message. */
  failure: string | undefined;
  private readonly downloads = new Map<string, Download>();

  constructor(
    private readonly present: Map<string, WeightsStatus>,
    private readonly options: { offline: boolean; downloadTimeMs: number },
  ) {}

  /** The body of `models/status`. */
  status({ hf_repo, hf_commit = null }: ModelRequest): Record<string, unknown> {
    const download = this.downloads.get(hf_repo);
    const running = download !== undefined && this.isRunning(download);
    return {
      model: { hf_repo, hf_commit },
      status: this.statusOf(hf_repo),
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
  download({ hf_repo, hf_commit = null }: ModelRequest): Record<string, unknown> {
    const taskId = `${hf_repo}:${hf_commit ?? 'latest'}`;
    const model = { hf_repo, hf_commit };
    if (this.options.offline) return { task_id: `${taskId}:offline`, status: 'IGNORED', model };
    const status = this.statusOf(hf_repo);
    if (status === 'DOWNLOADING') throw new ApiError(409, `Model ${taskId} is already downloading`);
    const running = [...this.downloads.values()].filter((download) => this.isRunning(download));
    if (running.length >= MAX_DOWNLOADS) {
      throw new ApiError(429, `Maximum concurrent downloads (${MAX_DOWNLOADS}) reached`);
    }
    if (status !== 'DOWNLOADED') {
      this.downloads.set(hf_repo, { startedAt: performance.now(), error: this.failure });
    }
    return { task_id: taskId, status: this.statusOf(hf_repo), model };
  }

  private statusOf(repo: string): WeightsStatus {
    const download = this.downloads.get(repo);
    if (download !== undefined) {
      if (this.isRunning(download)) return 'DOWNLOADING';
      return download.error === undefined ? 'DOWNLOADED' : 'PARTIAL';
    }
    const status = this.present.get(repo) ?? 'NOT_FOUND';
    // Whole weights are recognised by comparing them with the hub's list, which an offline node cannot have.
    return this.options.offline && status === 'DOWNLOADED' ? 'PARTIAL' : status;
  }

  private isRunning({ startedAt }: Download): boolean {
    return performance.now() < startedAt + this.options.downloadTimeMs;
  }
}
