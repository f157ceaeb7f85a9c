import { quoteForShell } from '../../text/shell.js';

/** The command that runs what is not known yet, with the flags of the run. */
export function resumeAcceptCommand(folder: string): string {
  return quoteForShell(['assay', 'accept', '--resume', folder]);
}
