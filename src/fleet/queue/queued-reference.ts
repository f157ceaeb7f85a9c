import { createHash } from 'node:crypto';
import { AssayError } from '../../errors.js';
import { checkGolden, parseGolden } from '../../golden/load.js';
import type { GoldenReference } from '../../golden/reference.js';

/**
 * Reads a reference that the command put into the queue, with the checks of a file.
 *
 * @throws AssayError when the text does not match the digest, or is not a reference
 */
export function queuedReference(text: string, sha256: string): GoldenReference {
  const bytes = Buffer.from(text);
  const where = `of the queue (${sha256.slice(0, 12)})`;
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new AssayError(`reference ${where} is not the one that the job names`);
  return checkGolden(parseGolden(bytes, where), where, sha256);
}
