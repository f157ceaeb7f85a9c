import { AssayError, Interrupted } from '../errors.js';
import type { Known } from './checks/check.js';
import { hasNoWay } from './reach.js';

/** A fact, or why it is missing. An interruption and a bug are thrown. */
export async function known<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof AssayError && !(error instanceof Interrupted))
      return { unknown: error.message, ...(hasNoWay(error) && { hasNoWay: true }) };
    throw error;
  }
}
