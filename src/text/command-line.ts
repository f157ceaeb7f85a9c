/**
 * First words of the commands of assay, as in the table of commands. This floor cannot import the table; a test
 * compares the two.
 */
export const COMMAND_WORDS: readonly string[] = [
  'accept',
  'bootstrap',
  'calibrate',
  'catalog',
  'chain',
  'compare',
  'completion',
  'demo',
  'deploy',
  'doctor',
  'fleet',
  'golden',
  'help',
  'history',
  'judge',
  'lifecycle',
  'node',
  'poc',
  'power',
  'record',
  'report',
  'simulate',
  'tx',
  'validate',
  'watch',
];

/** The start of a command of assay or of inferenced. The word `assay` alone may begin a sentence. */
const START = `(?:assay (?:${COMMAND_WORDS.join('|')})|inferenced (?:tx|query|q|keys|status|version))(?![\\w-])`;
/** What a command is read with: a prompt, settings of the environment, `nice`. */
const BEFORE = '(?:\\$ )?(?:[A-Z_]+=\\S* )*';
const COMMAND = new RegExp(`^${BEFORE}${START}`);
const LABELLED = new RegExp(`^([^:;\`]{1,80}): (${BEFORE}${START}[\\s\\S]*)$`);
/** A command that no backquote ends. */
const BARE = new RegExp(`(?<!\`)${START}[^\`]*$`);
const OPEN = new RegExp(`(?:assay|${START}(?:(?!\\. )[^;,\`)])*|--[\\w-]+|--?)[ =]?$`);

/** Whether a text begins as a command: it stays as it is in every language. */
export function isCommand(text: string): boolean {
  return COMMAND.test(text);
}

/** A command behind its label. */
export interface LabelledCommand {
  label: string;
  command: string;
  /** What follows the command, from its `; ` on. */
  rest: string;
}

/**
 * A label and the command after it (`next: assay node list`), or undefined. The command ends with the text or
 * with a `; ` outside quotes.
 */
export function labelledCommand(text: string): LabelledCommand | undefined {
  const [, label, line] = LABELLED.exec(text) ?? [];
  if (label === undefined || line === undefined) return undefined;
  const [command = line] = /^(?:"[^"]*"|'[^']*'|`[^`]*`|(?!; )[\s\S])*/.exec(line) ?? [];
  return { label, command, rest: line.slice(command.length) };
}

/** Whether a value of a template is the first half of a command: the words after it belong to the command. */
export function isTornCommand(value: string, after: string): boolean {
  if (value.split('`').length % 2 === 0) return true;
  return BARE.test(value) && after !== '' && !/^(?:[;,.)"”]| \()/.test(after);
}

/** Whether what follows this part of a template belongs to a command or a flag, or names one. */
export function isInsideCommand(before: string): boolean {
  return OPEN.test(before);
}
