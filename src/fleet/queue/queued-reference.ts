import { createHash } from 'node:crypto';
import { AssayError } from '../../errors.js';
import { checkGolden, parseGolden } from '../../golden/load.js';
import type { GoldenReference } from '../../golden/reference.js';

/**
 * A reference that the command put beside its jobs, checked as a file would be.
 *
 * @throws AssayError when the text is not the one of the digest, or no reference
 */
export function queuedReference(text: string, sha256: string): GoldenReference {
  const bytes = Buffer.from(text);
  const where = `of the queue (${sha256.slice(0, 12)})`;
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new AssayError(`reference ${where} is not the one that the job names`);
  return checkGolden(parseGolden(bytes, where), where, sha256);
}
