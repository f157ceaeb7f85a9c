import { link, readFile, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';

/** Who works on a folder. A process id alone may come back as somebody else's. */
export interface Owner {
  pid: number;
  host: string;
  /** When the process started, in the kernel's own count; empty where it does not tell. */
  processStart: string;
  at: string;
}

/** An owner says so often that it is alive, */
const BEAT_MS = 15_000;
/** and one of another machine that was silent for so long is gone. */
const GONE_MS = 120_000;

const lockPath = (folder: string) => join(folder, 'lock.json');

/**
 * Makes this process the only one that works on a folder, which is made where it is missing. The lock of a
 * process that is gone is taken over: at once where it was of this machine, after two minutes of silence where it
 * was of another, as a container is after each start.
 *
 * @returns gives it back
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
  const own = `${JSON.stringify(await thisProcess())}\n`;
  // Linked when it is whole: nobody ever reads half an owner.
  const prepared = `${path}.${process.pid}`;
  try {
    await writeFile(prepared, own).catch((error) => {
      throw new AssayError(`lock ${path}: ${messageOf(error)}`, { cause: error });
    });
    while (!(await linked(prepared, path))) await removeStale(path);
  } finally {
    await rm(prepared, { force: true });
  }
  const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS).unref();
  return async () => {
    clearInterval(beat);
    if ((await textOf(path)) === own) await unlink(path);
  };
}

/** Who works on a folder now; undefined when nobody does. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
  const owner = parse(await textOf(lockPath(folder)));
  return owner !== undefined && (await isAlive(owner, lockPath(folder))) ? owner : undefined;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new AssayError(`lock ${to}: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws AssayError when its owner is alive, or cannot be looked at from here */
async function removeStale(path: string): Promise<void> {
  const text = await textOf(path);
  if (text === undefined) return;
  const owner = parse(text);
  if (owner === undefined)
    throw new AssayError(`lock ${path} cannot be read`, {
      advice: 'remove it if nobody works on this folder',
    });
  if (await isAlive(owner, path)) {
    const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
    throw new AssayError(
      `${dirname(path)} is being worked on by process ${owner.pid}${where}, since ${owner.at}`,
      { advice: `wait for it, or work in another folder; if it is gone for sure, remove ${path}` },
    );
  }
  const aside = `${path}.stale.${process.pid}`;
  await rename(path, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  // Somebody else may have taken it over in between: then it is theirs, and goes back.
  if ((await textOf(aside)) !== text) await linked(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

/** Of another machine only the beat of its lock tells. */
async function isAlive({ pid, host, processStart }: Owner, path: string): Promise<boolean> {
  if (host !== hostname()) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    return Date.now() - mtimeMs < GONE_MS;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const start = await processStartOf(pid);
  return start === '' || processStart === '' || start === processStart;
}

async function thisProcess(): Promise<Owner> {
  const { pid } = process;
  return {
    pid,
    host: hostname(),
    processStart: await processStartOf(pid),
    at: new Date().toISOString(),
  };
}

/** Field 22 of `/proc/PID/stat`, counted behind the name, which may hold blanks. */
async function processStartOf(pid: number): Promise<string> {
  const stat = await textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
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
