import type { Phase } from './consequences.js';
import type { JobSource } from './job-source.js';
import type { Batch } from './plan.js';
import type { PolicyClock } from './policy-clock.js';
import { recoveryOf } from './recovery.js';
import type { Rotation } from './rotation.js';
import type { Reply } from './transport.js';

/** A batch that nobody answered for good, and the last reason. */
export interface Lost {
  batch: Batch;
  reason: string;
}

/** What became of a request, in a few words. */
function failureText(reply: Exclude<Reply<unknown>, { kind: 'done' }>): string {
  if (reply.kind === 'fault') return reply.message;
  return reply.kind === 'failed' ? `the node reported a failure: ${reply.detail}` : 'no usable answer';
}

/** Does with batches that came to nothing what the policy says, which counts how often each one did. */
export class Repeats {
  readonly lost: Lost[] = [];
  readonly #phase: Phase;
  readonly #jobs: JobSource;
  readonly #rotation: Rotation;
  readonly #clock: PolicyClock;
  readonly #attempts = new Map<string, number>();
  readonly #onFailed: (replica: number | null, reason: string) => void;

  /** @param onFailed told of each request that came to nothing, and where */
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
   * Gives the batch back to be asked for again, or counts it as lost.
   *
   * @param wasAccepted the node had taken the request, so that this is about a look at it
   * @throws HttpFault when every other batch would meet the same
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
