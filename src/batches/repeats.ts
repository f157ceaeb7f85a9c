import type { Phase } from './consequences.js';
import type { JobSource } from './job-source.js';
import type { Batch } from './plan.js';
import type { PolicyClock } from './policy-clock.js';
import { recoveryOf } from './recovery.js';
import type { Rotation } from './rotation.js';
import type { Reply } from './transport.js';

/** A batch that stayed unanswered after all retries, and the last reason. */
export interface Lost {
  batch: Batch;
  reason: string;
}

/** How a request ended, in a few words. */
function failureText(reply: Exclude<Reply<unknown>, { kind: 'done' }>): string {
  if (reply.kind === 'fault') return reply.message;
  return reply.kind === 'failed' ? `the node reported a failure: ${reply.detail}` : 'no usable answer';
}

/** Applies the retry policy to failed batches, and counts the failures of each. */
export class Repeats {
  readonly lost: Lost[] = [];
  readonly #phase: Phase;
  readonly #jobs: JobSource;
  readonly #rotation: Rotation;
  readonly #clock: PolicyClock;
  readonly #attempts = new Map<string, number>();
  readonly #onFailed: (replica: number | null, reason: string) => void;

  /** @param onFailed called for each failed request, with its replica */
  constructor(
    phase: Phase,
    jobs: JobSource,
    rotation: Rotation,
    clock: PolicyClock,
    onFailed: (replica: number | null, reason: string) => void = () => {},
  ) {
    this.#onFailed = onFailed;
    this.#phase = phase;
    this.#jobs = jobs;
    this.#rotation = rotation;
    this.#clock = clock;
  }

  /**
   * Returns the batch to be asked for again, or counts it as lost.
   *
   * @param wasAccepted the node had accepted the request, so the failure is that of a poll
   * @throws HttpFault when every other batch would fail in the same way
   */
  async recover(
    batch: Batch,
    replica: number | null,
    reply: Exclude<Reply<unknown>, { kind: 'done' }>,
    wasAccepted: boolean,
  ): Promise<void> {
    const job = this.#jobs.nameOf(batch, replica);
    const attempt = (this.#attempts.get(job) ?? 0) + 1;
    this.#attempts.set(job, attempt);
    this.#onFailed(replica, failureText(reply));

    const situation = { phase: this.#phase, wasAccepted, attempt, leftMs: this.#clock.leftMs() };
    const recovery = recoveryOf(reply, situation);
    switch (recovery.kind) {
      case 'again':
        if (recovery.delayMs > 0) await this.#clock.pause(recovery.delayMs);
        await this.#rotation.refresh();
        this.#jobs.giveBack(batch, replica);
        return;
      case 'lost':
        this.#jobs.giveUp(batch, replica);
        this.lost.push({ batch, reason: recovery.reason });
        return;
      case 'ends':
        throw recovery.error;
    }
  }
}
