import { execa } from 'execa';
import { packageRoot } from '../../src/paths.js';

export const assayPath = `${packageRoot}/dist/main.js`;

/**
 * Seconds from starting a Node process to its end.
 *
 * @param mayFail whether another exit code than 0 is no matter
 */
export async function timeNode(args: string[], mayFail = false): Promise<number> {
  const start = performance.now();
  const options = { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe', reject: !mayFail } as const;
  await execa(process.execPath, args, options);
  return (performance.now() - start) / 1000;
}

/**
 * Peak resident memory (MiB) and processor time (s) of a Node process, its threads included.
 *
 * @param mayFail whether another exit code than 0 is no matter
 */
export async function resources(
  args: string[],
  mayFail = false,
): Promise<{ peakMib: number; cpuSeconds: number }> {
  // The peak of the system's accounting begins with that of the process that forked; VmHWM begins with its own.
  const atExit = encodeURIComponent(`import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const peakKib = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  process._rawDebug('usage=' + JSON.stringify({ ...process.resourceUsage(), peakKib }));
});`);
  const { stderr } = await execa(process.execPath, [`--import=data:text/javascript,${atExit}`, ...args], {
    stdin: 'ignore',
    stdout: 'ignore',
    reject: !mayFail,
  });
  const usage = JSON.parse(/usage=(.*)/.exec(stderr)?.[1] as string) as NodeJS.ResourceUsage & {
    peakKib: number;
  };
  return {
    peakMib: Math.round(usage.peakKib / 1024),
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
  };
}
