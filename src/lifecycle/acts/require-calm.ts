import { whyNotAt } from '../../chain/weight-measured.js';
import { goOnOrStop, type LifecycleRun, readView } from '../lifecycle-run.js';

/**
 * Does not allow a change of model while the weight of the nodes is measured, nor when a measurement starts
 * before the change ends, unless the user agrees.
 *
 * @param what the change, as a sentence
 * @param takesMs duration of the change, in milliseconds
 */
export async function requireCalm(run: LifecycleRun, what: string, takesMs = 0): Promise<void> {
  const isForced = (check: string) => run.forced.includes(check);
  if (isForced('phase') || isForced('confirmation-poc')) return;
  const { epochs, pace } = await readView(run);
  const now = performance.now();
  const act = { what: 'change of the model', takesMs: isForced('poc-window') ? 0 : takesMs };
  const why = whyNotAt({ epochs, pace, readAt: now }, act, now);
  if (why !== null) await goOnOrStop(run, `${why}; ${what}`, 'Continue anyway?');
}
