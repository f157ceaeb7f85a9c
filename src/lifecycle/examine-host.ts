import { type Examination, examine } from '../doctor/examine.js';
import { type DoctorRequest, gatherDoctorFacts } from '../doctor/gather.js';
import { readJournal } from '../journal/journal.js';
import { parseAdminUrl } from '../network/admin-client.js';
import type { LifecycleEntry } from './entries.js';
import { givenLoadTime, type HostFile, reachOf } from './host-file.js';
import { journalPath, runFolderOf } from './lifecycle-folder.js';
import { measuredIn } from './measured.js';

/** What to look for where the file names nothing else. */
const DEFAULT_INFERENCED = 'inferenced';

/**
 * What the doctor must check for a host file: everything that the file names.
 *
 * @param entries the journal of a run of the file
 */
export function doctorRequestOf(
  host: HostFile,
  entries: readonly LifecycleEntry[],
): Omit<DoctorRequest, 'folder' | 'columns' | 'signal' | 'shared'> {
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

/** The journal of a host file's run; empty where there was no run. */
export async function entriesOf(hostFile: string): Promise<LifecycleEntry[]> {
  return (await readJournal<LifecycleEntry>(journalPath(runFolderOf(hostFile)))) ?? [];
}

/** Runs the doctor's checks on everything that a host file names. It changes nothing. */
export async function examineHost(
  host: HostFile,
  entries: readonly LifecycleEntry[],
  more: Pick<DoctorRequest, 'folder' | 'columns' | 'signal' | 'shared'>,
): Promise<Examination> {
  return examine(await gatherDoctorFacts({ ...doctorRequestOf(host, entries), ...more }));
}
