import { AssayError } from '../errors.js';
import { lockFolder } from '../journal/folder-lock.js';
import type { Journal } from '../journal/journal.js';
import { openJournal } from '../journal/journal.js';
import { type Identity, identityOf, type LifecycleEntry, stateOf } from './entries.js';
import type { HostFile } from './host-file.js';
import { journalPath, runFolderOf } from './lifecycle-folder.js';

/** A run on the disk that only this process uses. */
export interface OpenRun {
  folder: string;
  journal: Journal<LifecycleEntry>;
  close(): Promise<void>;
}

/**
 * Opens the run of a host file, or creates it.
 *
 * @throws AssayError when another process uses it, or the file has changed since the run began
 */
export async function openRun(hostFile: string, host: HostFile): Promise<OpenRun> {
  const folder = runFolderOf(hostFile);
  const unlock = await lockFolder(folder);
  try {
    const journal = await openJournal<LifecycleEntry>(journalPath(folder));
    const { identity } = stateOf(journal.entries);
    const close = async () => {
      await journal.close();
      await unlock();
    };
    if (identity !== null) {
      const changed = changesOf(identity, identityOf(host));
      if (changed.length > 0) {
        await journal.close();
        throw new AssayError(`${hostFile}: ${changed.join(', ')} changed since its run in ${folder} began`, {
          advice: 'restore the file, or start a new run with `assay lifecycle run --new`',
        });
      }
    }
    return { folder, journal, close };
  } catch (error) {
    await unlock();
    throw error;
  }
}

function changesOf(before: Identity, now: Identity): string[] {
  return Object.entries(before)
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(now[field as keyof Identity]))
    .map(([field]) => field);
}
