import { type Examination, examine } from '../doctor/examine.js';
import { type DoctorRequest, gatherDoctorFacts } from '../doctor/gather.js';
import { readJournal } from '../journal/journal.js';
import { parseAdminUrl } from '../network/admin-client.js';
import type { LifecycleEntry } from './entries.js';
import { givenLoadTime, type HostFile, reachOf } from './host-file.js';
import { journalPath, runFolderOf } from './lifecycle-folder.js';
import { measuredIn } from './measured.js';

/** What is looked for where nothing else is named. */
const DEFAULT_INFERENCED = 'inferenced';

/**
 * What the doctor is to look at for a host file: all that the file names.
 *
 * @param entries of a run of the file
 */
export function doctorRequestOf(
  host: HostFile,
  entries: readonly LifecycleEntry[],
): Omit<DoctorRequest, 'folder' | 'columns' | 'signal'> {
  const { loadS } = measuredIn(entries);
  return {
    model: host.model,
    mlNodes: [],
    nodeUrl: host.node,
    adminUrl: parseAdminUrl(host.admin_url),
    address: { value: host.address },
    reach: reachOf(host),
    inferenced: host.inferenced ?? DEFAULT_INFERENCED,
    load: {
      seconds: loadS ?? givenLoadTime(host),
      source: loadS === null ? 'load_time of the file' : 'measured',
    },
  };
}

/** Entries of the run of a host file; none where it was never run. */
export async function entriesOf(hostFile: string): Promise<LifecycleEntry[]> {
  return (await readJournal<LifecycleEntry>(journalPath(runFolderOf(hostFile)))) ?? [];
}

/** Examines what a host file names by the doctor's checks. Nothing is changed. */
export async function examineHost(
  host: HostFile,
  entries: readonly LifecycleEntry[],
  more: Pick<DoctorRequest, 'folder' | 'columns' | 'signal'>,
): Promise<Examination> {
  return examine(await gatherDoctorFacts({ ...doctorRequestOf(host, entries), ...more }));
}
