import { link, mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';

/** Who works on a run. A process id alone may come back as somebody else's. */
export interface Owner {
  pid: number;
  host: string;
  /** When the process started, in the kernel's own count; empty where it does not tell. */
  processStart: string;
  at: string;
}

const lockPath = (folder: string) => join(folder, 'lock.json');

/**
 * Makes this process the only one that works on a run. The lock of a process that is gone is taken over.
 *
 * @returns gives it back
 * @throws AssayError naming the owner when there is one
 */
export async function lockRun(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw new AssayError(`run folder ${folder}: ${messageOf(error)}`);
  });
  const path = lockPath(folder);
  const own = `${JSON.stringify(await thisProcess())}\n`;
  // Linked when it is whole: nobody ever reads half an owner.
  const prepared = `${path}.${process.pid}`;
  await writeFile(prepared, own);
  try {
    while (!(await linked(prepared, path))) await removeStale(path);
  } finally {
    await rm(prepared, { force: true });
  }
  return async () => {
    if ((await textOf(path)) === own) await unlink(path);
  };
}

/** Who works on a run now; undefined when nobody does. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
  const owner = parse(await textOf(lockPath(folder)));
  return owner !== undefined && (await isAlive(owner)) ? owner : undefined;
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
    throw new AssayError(`lock ${path} cannot be read`, { advice: 'remove it if nobody works on this run' });
  if (await isAlive(owner)) {
    const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
    throw new AssayError(
      `${dirname(path)} is being worked on by process ${owner.pid}${where}, since ${owner.at}`,
      { advice: `watch it with \`assay lifecycle status\`; if it is gone for sure, remove ${path}` },
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

/** Another machine cannot be looked at: its owner counts as alive. */
async function isAlive({ pid, host, processStart }: Owner): Promise<boolean> {
  if (host !== hostname()) return true;
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
