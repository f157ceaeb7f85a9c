import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who works on a folder. A process id alone may come back as somebody else's. */
export interface Owner {
  pid: number;
  host: string;
  /** Of the machine's start, and of the set of processes that its owner could see; empty where the system does not tell. */
  boot: string;
  pidNamespace: string;
  /** When the process started, in the kernel's own count; empty where it does not tell. */
  processStart: string;
  at: string;
}

/** This process as an owner. */
export async function ownerOfThisProcess(): Promise<Owner> {
  const { pid } = process;
  return { pid, ...(await place()), processStart: await processStartOf(pid), at: new Date().toISOString() };
}

/** Whether its process, were it alive, would be seen from here: two containers may well have one host name. */
export async function isSeenFromHere(owner: Owner): Promise<boolean> {
  const here = await place();
  return owner.host === here.host && owner.boot === here.boot && owner.pidNamespace === here.pidNamespace;
}

/** Whether a process that is seen from here still runs. */
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

/** Field 22 of `/proc/PID/stat`, counted behind the name, which may hold blanks. */
async function processStartOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
