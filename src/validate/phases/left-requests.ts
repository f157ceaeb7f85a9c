import { counted } from '../../text/figures.js';
import type { ValidateContext } from '../context.js';

/**
 * Warns of requests that a run leaves behind. A stop would end them, but with them whatever else is queued on the
 * node, whoever asked for it; and they are few.
 */
export function warnOfLeft({ warn }: Pick<ValidateContext, 'warn'>): (requests: number) => void {
  return (requests) =>
    warn(
      `${counted(requests, 'request')} of this run may still be in the node's queue; the node finishes them by itself`,
    );
}
