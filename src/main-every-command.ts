import { runCli } from './cli.js';
import { everyCommand } from './commands/table.js';

/** Runs a command line of any command, and returns its exit code. */
export function runAny(argv: string[]): Promise<number> {
  return runCli(argv, everyCommand);
}
