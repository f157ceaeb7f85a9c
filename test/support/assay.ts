import { execa } from 'execa';
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
