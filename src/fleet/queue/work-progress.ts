import type { Job } from 'bullmq';
import { pause } from '../../http/retry.js';
import { accept } from '../../schemas/accept.js';
import validateProgress from '../../schemas/generated/work-progress.js';
import type { ValidateEvents } from '../../validate/options.js';
import type { Doing } from '../model.js';

/** Time between two progress reports of one job, in milliseconds. */
const EVERY_MS = 1000;

/** @returns null for an invalid progress value: progress is only shown, so nothing else depends on it */
export function readWorkProgress(text: string): Doing | null {
  try {
    return accept<Doing>(validateProgress, JSON.parse(text), 'progress of a job');
  } catch {
    return null;
  }
}

/**
 * Reports the progress of a validation through its job. A report that is lost while the queue is unavailable
 * does no harm.
 */
export function progressThrough(job: Pick<Job, 'updateProgress'>): ValidateEvents {
  let next: Doing | undefined;
  // Only one report is sent at a time: during an outage one report waits, and not one per second.
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
