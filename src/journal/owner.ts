import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/**
 * The owner of a folder. A process id alone is not enough: the system may give it to another process later.
 */
export interface Owner {
  pid: number;
  host: string;
  /**
   * Identifies the machine's boot and the owner's PID namespace; empty where the system does not report them.
   */
  boot: string;
  pidNamespace: string;
  /** Start time of the process, in the kernel's own units; empty where the system does not report it. */
  processStart: string;
  at: string;
}

/** This process as an owner. */
export async function ownerOfThisProcess(): Promise<Owner> {
  const { pid } = process;
  return { pid, ...(await place()), processStart: await processStartOf(pid), at: new Date().toISOString() };
}

/**
 * Whether this process could see the owner's process. The host name alone does not show it: two containers
 * may share one.
 */
export async function isSeenFromHere(owner: Owner): Promise<boolean> {
  const here = await place();
  return owner.host === here.host && owner.boot === here.boot && owner.pidNamespace === here.pidNamespace;
}

/** Whether a process that can be seen from here still runs. */
export async function runsHere({ pid, processStart }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const start = await processStartOf(pid);
  return start === '' || processStart === '' || start === processStart;
}

async function place() {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const pidNamespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return { host: hostname(), boot: boot.trim(), pidNamespace };
}

/** Field 22 of `/proc/PID/stat`, counted after the name, since the name may contain blanks. */
async function processStartOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
