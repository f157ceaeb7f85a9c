import { pause } from '../http/retry.js';
import { known } from './known.js';

/** For this time after a lost answer, the change may still be running on the network node. */
const LIMIT_MS = 20_000;
const POLL_MS = { first: 250, longest: 3_000 };

/**
 * Reads back, after a lost answer, whether a change has arrived, until it has or the time is over.
 *
 * @param hasArrived reads back; a fault while reading counts as "not yet"
 * @returns false when the change has not arrived
 */
export async function readBack(
  hasArrived: () => Promise<boolean>,
  signal: AbortSignal | undefined,
  limitMs = LIMIT_MS,
): Promise<boolean> {
  const until = performance.now() + limitMs;
  for (let waitMs = POLL_MS.first; ; waitMs = Math.min(POLL_MS.longest, waitMs * 2)) {
    const look = await known(hasArrived);
    if ('value' in look && look.value) return true;
    if (performance.now() + waitMs > until) return false;
    await pause(waitMs, signal);
  }
}

/**
 * Makes a change. Where its answer is lost, reads back whether the change arrived.
 *
 * @param isDoubtful whether a fault leaves open whether the change arrived
 * @throws the fault of the request when the change was refused, or has not arrived
 */
export async function actAndReadBack(
  act: () => Promise<unknown>,
  hasArrived: () => Promise<boolean>,
  { isDoubtful, signal }: { isDoubtful(error: unknown): boolean; signal: AbortSignal | undefined },
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isDoubtful(error) || !(await readBack(hasArrived, signal))) throw error;
  }
}
