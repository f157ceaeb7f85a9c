import { runCli } from './cli.js';
import { validateEntry } from './commands/validate/entry.js';
import { UsageError } from './errors.js';

/**
 * Runs a command line that begins with `validate`, and returns its exit code. It is the entry of a file that has the code
 * of this one command.
 */
export function runValidate(argv: string[]): Promise<number> {
  return runCli(argv, {
    commands: [validateEntry],
    help: () => {
      throw new UsageError('this is `assay validate` alone');
    },
  });
}
