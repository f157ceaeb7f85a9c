import { setImmediate } from 'node:timers/promises';
import { AssayError } from '../../errors.js';
import { readReportOf } from '../../run/read.js';
import { type HistoryRun, historyRun } from './history.js';

/**
 * Reads the parts of runs that a history needs.
 *
 * @param onBroken called with a run that cannot be read, and the reason; the run is left out unless this
 * throws
 */
export async function readHistory(
  folders: string[],
  onBroken: (folder: string, error: AssayError) => void,
): Promise<HistoryRun[]> {
  const runs: HistoryRun[] = [];
  for (const folder of folders) {
    // A live page asks for histories, too: its other requests must not wait for all of this.
    await setImmediate();
    try {
      runs.push(historyRun(folder, await readReportOf(folder)));
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      onBroken(folder, error);
    }
  }
  return runs;
}
