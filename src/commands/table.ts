import { UsageError } from '../errors.js';
import { didYouMean } from '../text/nearest.js';
import type { CommandEntry } from './command.js';
import { commands, groups } from './index.js';
import { groupOverview, overview } from './overview.js';

/** The commands of a program. */
export interface CommandTable {
  commands: readonly CommandEntry[];
  /**
   * What is printed for words that begin no command.
   *
   * @throws UsageError when they are no request for help either
   */
  help(argv: string[]): string;
}

export const everyCommand: CommandTable = { commands, help };

/** The overview of `assay` or of a group of commands; a usage error where the words begin no command. */
function help(argv: string[]): string {
  const [first] = argv.filter((word) => word !== 'help' && !word.startsWith('-'));
  const group = first !== undefined && Object.hasOwn(groups, first) ? first : undefined;
  const words = argv.filter((word) => word !== 'help' && !word.startsWith('-'));
  if (first === undefined) return overview();
  if (group !== undefined && words.length === 1) return groupOverview(group);
  throw unknownCommand(words.slice(0, group === undefined ? 1 : 2).join(' '), group);
}

function unknownCommand(unknown: string, group: string | undefined): UsageError {
  const names = commands.map(({ name }) => name);
  const known = group === undefined ? [...names, ...Object.keys(groups)] : names;
  const meant = didYouMean(unknown, known);
  const see = `see \`assay ${group === undefined ? '' : `${group} `}--help\``;
  return new UsageError(`"assay ${unknown}" is no command`, {
    advice: meant === undefined ? see : `${meant.replace('mean ', 'mean assay ')} ${see}`,
  });
}
