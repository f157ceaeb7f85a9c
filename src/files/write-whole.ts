import { constants, lstatSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';

/** For files with credentials: nobody but the owner reads them. */
export const SECRET_MODE = 0o600;

/** What a rename cannot replace and a write can: a file that is mounted by itself, or in a folder of others. */
const NOT_REPLACEABLE = new Set(['EBUSY', 'EACCES', 'EPERM', 'EXDEV']);

/**
 * Writes a file that a user named, whole: under a temporary name first, so that nobody ever reads half of it. What
 * is no regular file (a device, a FIFO, a link) is written through, and stays what it is.
 *
 * @param mode of a new file, which the umask narrows
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
 * Replaces a file of a folder of ours, so that whoever reads it finds the old one or the new one. A link that is in
 * its place is replaced and never followed.
 *
 * @param mode of a new file, which the umask narrows; one that is there keeps its own where that is narrower
 * @throws the system's error; nothing is left behind then
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

/** The same; and it is on the disk, with its name, when it returns. */
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

/** The system's error as of the file that was meant: nobody knows the temporary name. */
function ofPath(error: unknown, temporary: string, path: string): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(temporary, path);
  return error;
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.assay-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
}

/** A file that is there has been narrowed for a reason. */
function modeOf(path: string, mode: number): number {
  const before = statOf(path);
  return before?.isFile() ? mode & before.mode : mode;
}

/** Is it there, and neither a regular file nor a folder? A file of another kind is never replaced. */
export function isSpecial(path: string): boolean {
  const found = statOf(path);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Would writing there replace what somebody keeps? A device or a FIFO only passes on what it gets. */
export function isTaken(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.isFile() || found.isDirectory());
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

async function writeThrough(path: string, text: string): Promise<void> {
  // Without O_CREAT: what has gone away meanwhile is not made again as another thing.
  const file = await open(path, constants.O_WRONLY | constants.O_TRUNC);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** A new name is there after a power cut only when its folder is on the disk as well. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Not every file system syncs a folder; the file itself is whole.
  }
}
