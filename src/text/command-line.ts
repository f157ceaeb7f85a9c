/** The commands of assay. This floor cannot import their table; a test compares the two. */
export const COMMAND_NAMES: readonly string[] = [
  'accept',
  'bootstrap intents',
  'bootstrap preeligibility',
  'bootstrap status',
  'bootstrap timeline',
  'bootstrap wait',
  'calibrate',
  'catalog add',
  'catalog list',
  'chain models',
  'compare',
  'completion',
  'demo',
  'deploy',
  'doctor',
  'fleet shard',
  'fleet validate',
  'fleet worker',
  'golden list',
  'golden show',
  'golden verify',
  'history',
  'judge',
  'lifecycle abort',
  'lifecycle init',
  'lifecycle plan',
  'lifecycle run',
  'lifecycle status',
  'node add',
  'node config',
  'node disable',
  'node enable',
  'node list',
  'node remove',
  'node switch',
  'node update',
  'poc forecast',
  'poc outcome',
  'poc ready',
  'poc state',
  'poc verify',
  'poc votes',
  'poc watch',
  'power',
  'record',
  'report',
  'report merge',
  'report serve',
  'simulate',
  'tx clear',
  'tx delegate',
  'tx intent',
  'tx log',
  'tx refuse',
  'validate',
  'watch',
];

const WORDS = new Set(['help', ...COMMAND_NAMES.map((name) => name.split(' ', 1)[0] as string)]);

/** The start of a command of assay or of inferenced. The word `assay` alone may begin a sentence. */
const START = `(?:assay (?:${[...WORDS].join('|')})|inferenced (?:tx|query|q|keys|status|version))(?![\\w-])`;
/** What a command is read with: a prompt, settings of the environment, `nice`. */
const BEFORE = '(?:\\$ )?(?:[A-Z_]+=\\S* )*';
const COMMAND = new RegExp(`^${BEFORE}${START}`);
const LABELLED = new RegExp(`^([^:;\`]{1,80}): (${BEFORE}${START}[\\s\\S]*)$`);
/** A command that no backquote ends. */
const BARE = new RegExp(`(?<!\`)${START}[^\`]*$`);
const OPEN = new RegExp(`(?:assay|${START}(?:(?!\\. )[^;,\`)])*|--[\\w-]+|--?)[ =]?$`);

/**
 * Whether a text is the name of a command in a list of commands, before its summary. A name of one word (`deploy`)
 * may be a heading, too: there the text after it is not translated yet.
 */
export function isCommandName(text: string, after: string): boolean {
  return text.includes(' ') ? COMMAND_NAMES.includes(text) : WORDS.has(text) && /[\u4e00-\u9fff]/.test(after);
}

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
  return BARE.test(value) && after !== '' && !/^(?:[;,.?)"”`]| \()/.test(after);
}

/** Whether what follows this part of a template belongs to a command or a flag, or names one. */
export function isInsideCommand(before: string): boolean {
  return OPEN.test(before);
}
