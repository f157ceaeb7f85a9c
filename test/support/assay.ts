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
 * @returns what it would have ended with, as `assay` does
 */
export async function assayHere(args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const terminal = {
    out: (text: string) => out.push(text),
    command: (text: string) => out.push(text),
    say: (text: string) => said.push(text),
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
  return { exitCode, stdout: out.join('\n'), stderr: said.join('\n') };
}
