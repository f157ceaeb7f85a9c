import pLimit from 'p-limit';
import { AssayError } from '../../errors.js';
import { readReportOf } from '../../run/read.js';
import { type HistoryRun, historyRun } from './history.js';

/** Files that are read at a time: each is small, so reading them one by one would mostly be waiting. */
const AT_A_TIME = 16;

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
  const limit = pLimit(AT_A_TIME);
  const runs = await limit.map(folders, async (folder): Promise<HistoryRun[]> => {
    try {
      return [historyRun(folder, await readReportOf(folder))];
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      onBroken(folder, error);
      return [];
    }
  });
  return runs.flat();
}
