import { pause } from '../http/retry.js';
import { known } from './known.js';

/** So long a change whose answer was lost may still be under way on the network node. */
const LIMIT_MS = 20_000;
const POLL_MS = { first: 250, longest: 3_000 };

/**
 * Looks whether a change has arrived whose answer was lost, until it has or the time for it is over.
 *
 * @param hasArrived reads back; a fault of reading counts as not yet
 * @returns false when it has not
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
 * Makes a change, and finds out by reading back whether it arrived where its answer was lost.
 *
 * @param isDoubtful whether a fault says nothing about the change
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
