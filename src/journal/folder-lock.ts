import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';
import { isSeenFromHere, type Owner, ownerOfThisProcess, runsHere } from './owner.js';

/** An owner writes at this interval that it is alive. */
const BEAT_MS = 15_000;
/** An owner that cannot be checked counts as gone after this silence. */
const GONE_MS = 120_000;
/** A lock is written in one go: after this time an unreadable lock is not one that is still being written. */
const WRITE_MS = 500;
/** Taking over a lock is a few file operations. */
const TAKING_OVER_MS = 10_000;

const lockPath = (folder: string) => join(folder, 'lock.json');

/** Names of the files that lock a folder: they are not part of its content. */
export const LOCK_FILES = ['lock.json', 'lock.json.taking'];

/**
 * Makes this process the only one that works on a folder, and makes the folder where it is missing. The lock
 * of a process that is gone is taken over. This happens at once where this process can check the owner's
 * process. It happens after two minutes of silence where the owner ran on another machine, in another
 * container or before a restart of this machine.
 *
 * @returns a function that releases the folder
 * @throws AssayError naming the owner when there is one
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new AssayError(`cannot make ${folder}: ${messageOf(error)}`, {
      advice: 'give a folder that can be written',
    });
  }
  const path = lockPath(folder);
  const own = `${JSON.stringify({ ...(await ownerOfThisProcess()), token: randomUUID() })}\n`;
  let file = await created(path, own);
  while (file === undefined) {
    await removeStale(path);
    file = await created(path, own);
  }
  const held = file;
  // The handle is used: after a takeover, it still refreshes the old file, and not the new owner's.
  const beat = setInterval(() => held.utimes(new Date(), new Date()).catch(() => {}), BEAT_MS).unref();
  return async () => {
    clearInterval(beat);
    await held.close();
    if ((await textOf(path)) === own) await unlink(path);
  };
}

/** The present owner of a folder; undefined when there is none. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
  const owner = parse(await textOf(lockPath(folder)));
  return owner !== undefined && (await isAlive(owner, lockPath(folder))) ? owner : undefined;
}

/** @returns undefined when another process has it already */
async function created(path: string, text: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw new AssayError(`lock ${path}: ${messageOf(error)}`, { cause: error });
  }
  try {
    await file.writeFile(text);
    return file;
  } catch (error) {
    await file.close();
    await unlink(path).catch(() => {});
    throw new AssayError(`lock ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws AssayError when its owner is alive, or cannot be checked from here */
async function removeStale(path: string): Promise<void> {
  const text = await wholeText(path);
  if (text === undefined) return;
  await requireGone(path, text);
  const taking = `${path}.taking`;
  // One takeover at a time: a process that saw the stale lock must not remove the new one.
  const mark = await open(taking, 'wx').catch(() => undefined);
  if (mark === undefined) {
    if (Date.now() - (await changedAt(taking)) > TAKING_OVER_MS) await unlink(taking).catch(() => {});
    await sleep(20);
    return;
  }
  try {
    if ((await textOf(path)) === text) await unlink(path).catch(() => {});
  } finally {
    await mark.close();
    await unlink(taking).catch(() => {});
  }
}

async function requireGone(path: string, text: string): Promise<void> {
  const owner = parse(text);
  if (owner === undefined) {
    if (await isSilent(path)) return;
    throw new AssayError(`lock ${path} cannot be read`, {
      advice: 'remove it if no process uses this folder',
    });
  }
  if (!(await isAlive(owner, path))) return;
  const where = (await isSeenFromHere(owner)) ? '' : ` on ${owner.host}`;
  throw new AssayError(`${dirname(path)} is in use by process ${owner.pid}${where}, since ${owner.at}`, {
    advice: `wait for it, or use another folder; if the process is gone, remove ${path}`,
  });
}

/** A lock that is still being written has no complete owner yet. */
async function wholeText(path: string): Promise<string | undefined> {
  for (let waited = 0; ; waited += 20) {
    const text = await textOf(path);
    if (text === undefined || parse(text) !== undefined || waited >= WRITE_MS) return text;
    await sleep(20);
  }
}

/** Where the owner's process cannot be checked, only the last refresh of its lock counts. */
async function isAlive(owner: Owner, path: string): Promise<boolean> {
  return (await isSeenFromHere(owner)) ? await runsHere(owner) : !(await isSilent(path));
}

async function isSilent(path: string): Promise<boolean> {
  return Date.now() - (await changedAt(path)) >= GONE_MS;
}

/** 0 where the file no longer exists. */
async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
}

function parse(text: string | undefined): Owner | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<Owner> | null;
    return typeof value?.pid === 'number' && typeof value.host === 'string' ? (value as Owner) : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}
