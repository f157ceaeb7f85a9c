import { AssayError } from '../errors.js';
import { inUrl, readHostName } from '../http/host-name.js';

/**
 * What is wrong with the `host` of a node object, and its right form; undefined for a good one. The network
 * node adds the scheme and the port itself, so `host` must have neither.
 */
export function hostFault(host: string): string | undefined {
  const { name, extras } = readHostName(host);
  if (extras.length === 0) return undefined;
  const others = extras.length > 1 ? `${extras.slice(0, -1).join(', ')} and ${extras.at(-1)}` : extras[0];
  return `host has ${others}: write "host": "${inUrl(name)}", the name or address alone`;
}

/**
 * @param place where the host is written, for the error
 * @throws AssayError with the right form when it is wrong
 */
export function requireHost(place: string, host: unknown): void {
  const fault = typeof host === 'string' ? hostFault(host) : undefined;
  if (fault === undefined) return;
  throw new AssayError(`${place}: ${fault}`, {
    advice: 'use the fields inference_port and poc_port for the ports',
  });
}
