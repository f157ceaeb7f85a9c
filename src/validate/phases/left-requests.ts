import { counted } from '../../text/figures.js';
import type { ValidateContext } from '../context.js';

/**
 * Warns of requests that a run leaves on the node. A stop would end them, but also everybody else's queued
 * requests on the node. The requests that are left are few.
 */
export function warnOfLeft({ warn }: Pick<ValidateContext, 'warn'>): (requests: number) => void {
  return (requests) =>
    warn(
      `${counted(requests, 'request')} of this run may still be in the node's queue; the node finishes them by itself`,
    );
}
