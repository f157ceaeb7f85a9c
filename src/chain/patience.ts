import { setTimeout as sleep } from 'node:timers/promises';
import { HttpFault, type Outcome } from '../http/fault.js';

export interface Patience {
  signal: AbortSignal;
  /** Called when the node stops answering, and when it answers again. */
  onTrouble(text: string): void;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;
/** Faults that waiting does not mend: the user needs another URL or certificate. */
const LASTING: Outcome[] = ['untrusted', 'redirected', 'rejected', 'absent'];

/** Repeats a read until it is answered, while the node restarts or is overloaded. */
export async function patiently<T>(read: () => Promise<T>, { signal, onTrouble }: Patience): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS, failures = 0; ; waitMs = Math.min(MAX_WAIT_MS, waitMs * 2)) {
    try {
      const answer = await read();
      if (failures > 0) onTrouble('the node answers again');
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HttpFault) || LASTING.includes(error.outcome)) throw error;
      if (failures++ === 0) onTrouble(`${error.message}; waiting for it`);
    }
    await sleep(waitMs, undefined, { signal });
  }
}
