import { AssayError } from '../errors.js';
import { readObservations, readReportOf } from '../run/read.js';
import type { EarlierRun } from '../verdict/drift.js';

/**
 * The node's own last PASS, to compare with.
 *
 * @param folder undefined: no such run is known
 * @returns the run, or why it cannot be read
 */
export async function readEarlierRun(
  folder: string | undefined,
): Promise<{ run: EarlierRun | null; why: string | null }> {
  if (folder === undefined) return { run: null, why: null };
  try {
    const { config, preflight, deploy, timestamp } = await readReportOf(folder);
    const observations = await readObservations(folder);
    return { run: { folder, timestamp, config, preflight, deploy, observations }, why: null };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { run: null, why: `not compared with the node's own last PASS: ${error.message}` };
  }
}
