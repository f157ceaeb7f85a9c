import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cleaned } from '../clean.js';
import { AssayError } from '../errors.js';
import { type Journal, openJournal, readJournal } from '../journal/journal.js';
import { acceptAsIs } from '../schemas/accept.js';
import validateEntry from '../schemas/generated/accept-entry.js';
import type { ImageCheckResult } from './model.js';
import type { Settings } from './settings.js';

const JOURNAL_FILE = 'journal.jsonl';

/** One line of the journal; the first one is `begun`. */
export type Entry =
  | { event: 'begun'; at: string; public_key: string; was_up: boolean; settings: Settings }
  | { event: 'check'; result: ImageCheckResult };

export type Begun = Extract<Entry, { event: 'begun' }>;

/**
 * Opens the journal of a run, or starts a new one. Entries that are read back are checked against the schema.
 *
 * @throws AssayError when a line does not have the form that a run writes
 */
export async function openAcceptJournal(folder: string): Promise<Journal<Entry>> {
  const journal = await openJournal<Entry>(join(folder, JOURNAL_FILE));
  try {
    for (const entry of journal.entries) believed(entry, journal.path);
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/**
 * Reads how a run was started.
 *
 * @returns null: the run was stopped before its first entry
 * @throws AssayError when the folder has no run, or one that cannot be read
 */
export async function readBegun(folder: string): Promise<Begun | null> {
  const path = join(folder, JOURNAL_FILE);
  if (!existsSync(path)) {
    throw new AssayError(`${folder} holds no acceptance run to resume`, {
      advice: 'check the folder given with --resume',
    });
  }
  const [first] = ((await readJournal<Entry>(path)) ?? []).map((entry) => believed(entry, path));
  return first?.event === 'begun' ? first : null;
}

function believed(entry: unknown, path: string): Entry {
  try {
    // The arguments of a start are compared exactly.
    const own = acceptAsIs<Entry>(validateEntry, entry, path);
    return own.event === 'begun' ? own : cleaned(own);
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    throw new AssayError(error.message, {
      advice: 'it was changed, or another version wrote it: start a new run',
    });
  }
}
