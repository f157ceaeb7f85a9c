import { ApiError } from './api-error.js';
import type { UpRequest } from './requests.js';

/**
 * How a start fails: the node shows `failed` for a while, then it does not answer, then it says
 * `not_started`.
 */
export interface StartFailure {
  error: string;
  /** How long `failed` shows (3 s); 0: never. */
  shownMs?: number;
  /** How long the node does not answer (2 s); Infinity: it never answers again. */
  downMs?: number;
}

/** Services other than inference that can occupy the node. */
export type OtherService = 'POW' | 'TRAIN';

/** A requested model, and when it is loaded. Times are those of `performance.now()`. */
interface Start {
  model: string;
  dtype: string;
  args: readonly string[];
  startedAt: number;
  readyAt: number;
  failure: StartFailure | undefined;
  died: boolean;
}

type Phase = 'not_started' | 'in_progress' | 'failed' | 'away' | 'running' | 'died' | 'cancelled';

/**
 * The state of the loaded model: up, loading, failed, down. It depends only on the clock; there is no timer.
 */
export class Inference {
  /** Set while another service occupies the node. */
  heldBy: OtherService | undefined;
  /** Makes the next start fail. */
  nextFailure: StartFailure | undefined;
  private start: Start | undefined;
  private cancelled = false;

  /**
   * Begins to load a model.
   *
   * @returns when it will be loaded, a time of `performance.now()`
   * @throws ApiError 409 when a model is running or loading, or another service occupies the node
   */
  up({ model, dtype = 'auto', additional_args: args = [] }: UpRequest, loadTimeMs: number): number {
    this.requireNode();
    const phase = this.phase();
    if (phase === 'running') {
      throw new ApiError(409, 'VLLM is already running. Use /inference/down to stop it first.');
    }
    if (phase === 'in_progress') {
      throw new ApiError(
        409,
        'VLLM startup is already in progress. Use /inference/up/status to check status.',
      );
    }
    const startedAt = performance.now();
    const failure = this.nextFailure;
    this.nextFailure = undefined;
    this.cancelled = false;
    this.start = { model, dtype, args, startedAt, readyAt: startedAt + loadTimeMs, failure, died: false };
    return this.start.readyAt;
  }

  /** Unloads the model, or cancels its loading. */
  down(): void {
    this.requireNode();
    this.cancelled = this.phase() === 'in_progress';
    this.start = undefined;
  }

  /** The process of the model ends unexpectedly. */
  die(): void {
    if (this.start !== undefined) this.start.died = true;
  }

  /** The body of `up/status`. */
  status(): Record<string, unknown> {
    this.requireNode();
    const phase = this.phase();
    const elapsed = this.start && phase !== 'not_started' ? this.elapsedSeconds(this.start) : null;
    return {
      status: phase === 'running' || phase === 'died' ? 'completed' : phase,
      is_starting: phase === 'in_progress',
      is_running: phase === 'running',
      elapsed_seconds: elapsed,
      error: phase === 'failed' ? (this.start?.failure?.error ?? null) : null,
    };
  }

  /** The running model; undefined when there is none. */
  get running(): { model: string; args: readonly string[] } | undefined {
    return this.phase() === 'running' ? this.start : undefined;
  }

  phase(): Phase {
    const { start } = this;
    const now = performance.now();
    if (start === undefined) return this.cancelled ? 'cancelled' : 'not_started';
    if (now < start.readyAt) return 'in_progress';
    if (start.failure !== undefined) return phaseAfterFailure(start.failure, now - start.readyAt);
    return start.died ? 'died' : 'running';
  }

  private elapsedSeconds({ startedAt, readyAt }: Start): number {
    return (Math.min(performance.now(), readyAt) - startedAt) / 1000;
  }

  private requireNode(): void {
    if (this.heldBy === undefined) return;
    throw new ApiError(
      409,
      `Cannot run INFERENCE because MLNode is currently in ${this.heldBy} mode. Please stop ${this.heldBy} first.`,
    );
  }
}

function phaseAfterFailure({ shownMs = 3000, downMs = 2000 }: StartFailure, sinceMs: number): Phase {
  if (sinceMs < shownMs) return 'failed';
  return sinceMs < shownMs + downMs ? 'away' : 'not_started';
}
