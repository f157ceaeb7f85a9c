import { AssayError } from '../errors.js';
import { clip } from '../http/detail.js';
import { HttpFault } from '../http/fault.js';
import { growingDelay, pause } from '../http/retry.js';
import type { PhaseReport } from '../report/model.js';
import { secondsSince, type ValidateContext } from './context.js';

const LONGEST_POLL_MS = 5_000;

/** Sees to it that the model's weights are on the node. */
export async function download({
  node,
  options,
  events,
  signal,
  warn,
}: ValidateContext): Promise<PhaseReport> {
  const start = performance.now();
  const limitSeconds = options.downloadTimeoutSeconds ?? 7200;
  const done = (action: string): PhaseReport => ({ action, elapsed_s: secondsSince(start) });
  const nextDelay = growingDelay(LONGEST_POLL_MS);
  let started = false;
  for (;;) {
    const status = await node.modelStatus(options.model);
    if (status === null) {
      warn('the node is too old to tell whether the weights are downloaded');
      return done('not_told');
    }
    if (status.error_message != null) {
      throw new AssayError(`the download failed on the node: ${clip(status.error_message)}`, {
        advice:
          'check disk space and network of the node, or load the weights by hand and use --skip-download',
      });
    }
    if (status.status === 'DOWNLOADED') return done(started ? 'downloaded' : 'already_downloaded');
    if (secondsSince(start) > limitSeconds) {
      throw new AssayError(`the weights are still ${status.status} after ${limitSeconds} s`, {
        advice: 'the download goes on; run again, or give a longer --download-timeout',
      });
    }
    if (!started && status.status !== 'DOWNLOADING') await startDownload();
    started = true;
    const elapsed = Math.round(secondsSince(start));
    events.progress?.({
      phase: 'download',
      done: elapsed,
      total: limitSeconds,
      unit: 's',
      note: clip(status.status),
    });
    await pause(nextDelay(), signal);
  }

  async function startDownload(): Promise<void> {
    try {
      const task = await node.startDownload(options.model);
      if (task.status !== 'IGNORED') return;
      throw new AssayError('the node is in offline mode and downloads nothing', {
        advice: 'load the weights onto it by hand; if they are there and whole, use --skip-download',
      });
    } catch (error) {
      // 409: this model is downloading already.
      if (!(error instanceof HttpFault) || error.outcome !== 'conflict') throw error;
    }
  }
}
