import { execa } from 'execa';
import { packageRoot } from '../../src/paths.js';

export const assayPath = `${packageRoot}/dist/main.js`;

/** Seconds from starting a Node process to its end. */
export async function timeNode(args: string[]): Promise<number> {
  const start = performance.now();
  await execa(process.execPath, args, { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
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
  const atExit = 'process.on("exit",()=>process._rawDebug("usage="+JSON.stringify(process.resourceUsage())))';
  const { stderr } = await execa(process.execPath, [`--import=data:text/javascript,${atExit}`, ...args], {
    stdin: 'ignore',
    stdout: 'ignore',
    reject: !mayFail,
  });
  const usage = JSON.parse(/usage=(.*)/.exec(stderr)?.[1] as string) as NodeJS.ResourceUsage;
  return {
    peakMib: Math.round(usage.maxRSS / 1024),
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
  };
}
