import { AssayError } from '../../errors.js';

/** One job that this worker has while its lease is renewed. */
interface Lease {
  /** Aborted when another worker may have the job: two workers must not measure one node. */
  signal: AbortSignal;
  release(): void;
}

/** How often a running lease is checked. */
const LOOKS = 10;

/**
 * The leases of a worker's jobs: the queue renews them, and a lease that ends without renewal ends the job
 * here.
 */
export class Leases {
  readonly #held = new Map<string, { controller: AbortController; renewedAt: number }>();
  readonly #timer: NodeJS.Timeout;

  /** @param durationMs time after which a lease without renewal has ended */
  constructor(readonly durationMs: number) {
    this.#timer = setInterval(() => this.#look(), durationMs / LOOKS);
    this.#timer.unref();
  }

  take(jobId: string): Lease {
    const controller = new AbortController();
    const held = { controller, renewedAt: performance.now() };
    this.#held.set(jobId, held);
    return {
      signal: controller.signal,
      release: () => {
        if (this.#held.get(jobId) === held) this.#held.delete(jobId);
      },
    };
  }

  renewed(jobIds: string[]): void {
    for (const id of jobIds) {
      const held = this.#held.get(id);
      if (held !== undefined) held.renewedAt = performance.now();
    }
  }

  lost(jobIds: string[]): void {
    for (const id of jobIds) {
      this.#held.get(id)?.controller.abort(new AssayError('the queue gave the job to another worker'));
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    this.lost(
      [...this.#held].filter(([, { renewedAt }]) => now - renewedAt > this.durationMs).map(([id]) => id),
    );
  }
}
