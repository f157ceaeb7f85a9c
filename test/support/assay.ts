import { execa } from 'execa';
import { createColors } from 'picocolors';
import { runCommandLine } from '../../src/cli.js';
import { everyCommand } from '../../src/commands/table.js';
import { packageRoot } from '../../src/paths.js';

/** Runs the built command as a user's shell would, and never throws for its exit code. */
export function assay(
  args: string[],
  options: { cwd?: string; input?: string; env?: Record<string, string>; all?: boolean } = {},
) {
  return execa(process.execPath, [`${packageRoot}/dist/main.js`, ...args], {
    reject: false,
    ...(options.input === undefined && { stdin: 'ignore' as const }),
    ...options,
  });
}

/**
 * Runs a command line in this process: for what does not hang on a process of its own, a tenth of the time.
 *
 * @returns what it would have ended with, as `assay` does; `all`: both streams in their order
 */
export async function assayHere(args: string[]) {
  const printed: { to: 'stdout' | 'stderr'; text: string }[] = [];
  const line = (to: 'stdout' | 'stderr') => (text: string) => void printed.push({ to, text });
  const terminal = {
    out: line('stdout'),
    command: line('stdout'),
    say: line('stderr'),
    colors: createColors(false),
    interactive: false,
    canAsk: false,
    width: 100,
  };
  const exitCode = await runCommandLine(
    args,
    { terminal, signal: new AbortController().signal },
    everyCommand,
  );
  const textOf = (lines: typeof printed) => lines.map(({ text }) => text).join('\n');
  return {
    exitCode,
    stdout: textOf(printed.filter(({ to }) => to === 'stdout')),
    stderr: textOf(printed.filter(({ to }) => to === 'stderr')),
    all: textOf(printed),
  };
}
