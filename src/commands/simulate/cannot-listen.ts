import { AssayError, messageOf } from '../../errors.js';

/**
 * The error of a simulator that did not start. Errors that already say what to do stay; any other one is about
 * the address.
 *
 * @param address in words: `port 8080`
 * @param flag the flag that sets the port
 */
export function cannotListen(address: string, flag: string, error: unknown): AssayError {
  if (error instanceof AssayError) return error;
  return new AssayError(`cannot listen on ${address} (${messageOf(error)})`, {
    advice: `give another ${flag}, or 0 for a free one`,
  });
}
