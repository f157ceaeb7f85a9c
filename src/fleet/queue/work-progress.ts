import type { Job } from 'bullmq';
import { pause } from '../../http/retry.js';
import { accept } from '../../schemas/accept.js';
import validateProgress from '../../schemas/generated/work-progress.js';
import type { ValidateEvents } from '../../validate/options.js';
import type { Doing } from '../model.js';

/** Between two words of one job. */
const EVERY_MS = 1000;

/** @returns null for what is no progress: it is shown, and nothing follows from it */
export function readWorkProgress(text: string): Doing | null {
  try {
    return accept<Doing>(validateProgress, JSON.parse(text), 'progress of a job');
  } catch {
    return null;
  }
}

/** Tells how a validation goes through its job. What gets lost while the queue is away is no loss. */
export function progressThrough(job: Pick<Job, 'updateProgress'>): ValidateEvents {
  let next: Doing | undefined;
  // Only one is on its way: while the queue is away one word waits for it, and not one a second.
  let isOnItsWay = false;
  const send = async () => {
    while (next !== undefined) {
      await pause(EVERY_MS);
      const word = { ...next };
      next = undefined;
      await job.updateProgress(word).catch(() => {});
    }
    isOnItsWay = false;
  };
  const tell = (progress: Doing) => {
    next = progress;
    if (isOnItsWay) return;
    isOnItsWay = true;
    void send();
  };
  return {
    phase: (phase) => tell({ phase, progress: null }),
    progress: ({ phase, done, total, unit }) => tell({ phase, progress: { done, total, unit } }),
  };
}
