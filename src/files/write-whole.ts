import { constants, lstatSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { appendFile, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { isPipe, writePipe } from './pipe.js';

/** For files with credentials: only the owner may read them. */
export const SECRET_MODE = 0o600;

/**
 * Errors after which a write can work where a rename cannot: the file is a mount point, or its folder belongs
 * to others.
 */
const NOT_REPLACEABLE = new Set(['EBUSY', 'EACCES', 'EPERM', 'EXDEV']);

/**
 * Writes a whole file that a user named. It uses a temporary name first, so that nobody reads an incomplete
 * file. A path that is not a regular file (a device, a FIFO, a link) is written directly, and keeps its kind.
 *
 * @param mode mode of a new file, limited by the umask
 * @throws AssayError when it cannot be written
 */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  try {
    if (isSpecial(path)) await writeThrough(path, text);
    else {
      try {
        await keepFile(path, text, mode);
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        if (!NOT_REPLACEABLE.has(code) || statOf(path) === undefined) throw error;
        await writeThrough(path, text);
      }
    }
  } catch (error) {
    throw new AssayError(`cannot write ${path}: ${messageOf(error)}`, {
      advice: 'give a path in a folder that exists and can be written',
    });
  }
}

/**
 * Replaces a file in one of this tool's folders: a reader finds either the old file or the new one. A link in
 * its place is replaced, and never followed.
 *
 * @param mode mode of a new file, limited by the umask; an existing file keeps its own mode where that is
 *   stricter
 * @throws the system's error; no file is left behind
 */
export function replaceFile(path: string, text: string, mode = 0o666): void {
  const temporary = temporaryBeside(path);
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: modeOf(path, mode) });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw ofPath(error, temporary, path);
  }
}

/** The same, and the file and its name are on the disk when it returns. */
export async function keepFile(path: string, text: string, mode = 0o666): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    const file = await open(temporary, 'wx', modeOf(path, mode));
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw ofPath(error, temporary, path);
  }
  await syncFolder(dirname(path));
}

/** The system's error with the name of the real file: the user does not know the temporary name. */
function ofPath(error: unknown, temporary: string, path: string): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(temporary, path);
  return error;
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.assay-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
}

/**
 * Adds to the end of a file that a CI system names; what is no regular file takes the text as it comes.
 *
 * @throws the system's error
 */
export async function appendWhole(path: string, text: string): Promise<void> {
  if (isSpecial(path)) await writeThrough(path, text);
  else await appendFile(path, text);
}

/** An existing file may have a strict mode for a reason. */
function modeOf(path: string, mode: number): number {
  const before = statOf(path);
  return before?.isFile() ? mode & before.mode : mode;
}

/**
 * Whether the path exists, and is neither a regular file nor a folder. A file of another kind is never
 * replaced.
 */
export function isSpecial(path: string): boolean {
  const found = statOf(path);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Whether a write there would replace stored data. A device or a FIFO only passes data on. */
export function isTaken(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.isFile() || found.isDirectory());
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

async function writeThrough(path: string, text: string): Promise<void> {
  if (isPipe(path)) return writePipe(path, text);
  // Without O_CREAT: a path that has disappeared in the meantime is not created as a regular file.
  const file = await open(path, constants.O_WRONLY | constants.O_TRUNC);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** A new name survives a power cut only when its folder is on the disk too. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Not every file system can sync a folder; the file itself is complete.
  }
}
