import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';

/** One act, as a plain JSON object. */
export type JournalEntry = Record<string, unknown>;

/** The record of what was done. It survives a crash of the process. */
export interface Journal<E extends JournalEntry = JournalEntry> {
  readonly path: string;
  /** All entries so far, oldest first, including those of this process. */
  readonly entries: readonly E[];
  /** Resolves when the entry is on the disk. */
  append(entry: E): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal (JSON lines, append-only), and creates it and its folder where they are missing. An
 * incomplete last line after a crash is removed: its write was never confirmed.
 *
 * @throws AssayError when the file cannot be written, or a whole line is no JSON object
 */
export async function openJournal<E extends JournalEntry = JournalEntry>(path: string): Promise<Journal<E>> {
  const file = await openForAppend(path);
  try {
    const bytes = await file.readFile();
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) await file.truncate(whole);
    const entries = parseLines<E>(bytes.toString('utf8', 0, whole), path);
    let size = whole;
    let lastWrite: Promise<unknown> = Promise.resolve();
    return {
      path,
      entries,
      append(entry) {
        const write = async () => {
          const line = Buffer.from(`${JSON.stringify(entry)}\n`);
          try {
            await file.appendFile(line);
            await file.datasync();
          } catch (error) {
            // An incomplete line must not become the start of the next entry.
            await file.truncate(size).catch(() => {});
            throw error;
          }
          size += line.length;
          entries.push(entry);
        };
        // Writes run one after the other, so that the order on the disk is the order of the calls.
        const done = lastWrite.then(write, write);
        lastWrite = done;
        return done.catch((error) => {
          throw unwritable(path, error);
        });
      },
      async close() {
        await lastWrite.catch(() => {});
        await file.close();
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads a journal without changing it; undefined when there is none. */
export async function readJournal<E extends JournalEntry = JournalEntry>(
  path: string,
): Promise<E[] | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AssayError(`journal ${path}: ${messageOf(error)}`);
  }
  try {
    const bytes = await file.readFile();
    return parseLines<E>(bytes.toString('utf8', 0, bytes.lastIndexOf(0x0a) + 1), path);
  } finally {
    await file.close();
  }
}

async function openForAppend(path: string): Promise<FileHandle> {
  try {
    makeFolder(dirname(path));
    const file = await open(path, 'a+', 0o600);
    await syncFolder(dirname(path));
    return file;
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** A new file survives a power cut only when its folder is on the disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

function parseLines<E>(text: string, path: string): E[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const entry = parseObject(line);
      if (entry !== undefined) return entry as E;
      throw new AssayError(`journal ${path}: line ${index + 1} is no JSON object`, {
        advice:
          'it was changed by hand or by the disk: move it away, and check the state of node and chain before you continue',
      });
    });
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function unwritable(path: string, error: unknown): AssayError {
  return new AssayError(`journal ${path}: cannot be written (${messageOf(error)})`, {
    advice: 'assay does nothing that it cannot record: free the disk or choose another folder',
    cause: error,
  });
}
