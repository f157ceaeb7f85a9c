import yargs, { type Argv, type Options } from 'yargs';
import { cleanText } from './clean.js';
import type { Command, CommandEntry, Context } from './commands/command.js';
import { optionsOf } from './commands/every-option.js';
import { settingsFor } from './commands/settings/for-command.js';
import type { CommandTable } from './commands/table.js';
import { AssayError, Interrupted, UsageError } from './errors.js';
import { useCatalog } from './files/catalog.js';
import { giveUpPipes } from './files/pipe.js';
import { keepSecretsOf } from './http/credentials.js';
import { maskSecrets } from './http/mask.js';
import { withoutProxies } from './http/proxy.js';
import { tellOfSilence } from './http/silence.js';
import { asksForEvents, jsonTerminal } from './terminal/events.js';
import { processTerminal, type Terminal, withEveryColumn } from './terminal/terminal.js';
import { followable, type HasFlag } from './text/advice.js';
import { inLanguage, languageOf, languages, linesInLanguage, useLanguage } from './text/language.js';
import { nearest } from './text/nearest.js';

/** Runs the process's command line, of a program with these commands, and returns its exit code. */
export function runCli(argv: string[], table: CommandTable): Promise<number> {
  const terminal = processTerminal();
  // A reader that goes away (`assay … | head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EIO') return;
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  // A terminal that was closed takes no more text; the SIGHUP that comes with it ends the run.
  process.stderr.on('error', () => {});
  return runCommandLine(argv, { terminal, signal: interruptible(terminal) }, table);
}

/** Runs one command line, from its words to its exit code. */
export async function runCommandLine(
  words: string[],
  { terminal, signal }: Context,
  table: CommandTable,
): Promise<number> {
  const { argv, asked } = takeLanguage(words);
  await useLanguage(languageOf(asked, process.env));
  if (!asksForEvents(argv, process.env)) return runOne(argv, words, { terminal, signal }, table);
  const forPrograms = jsonTerminal(terminal);
  const exitCode = await runOne(argv, words, { terminal: forPrograms, signal }, table);
  forPrograms.event?.({ event: 'ended', exit_code: exitCode });
  return exitCode;
}

/** `--lang` is for every command, `assay help` included, and is taken before any of them reads its words. */
function takeLanguage(words: string[]): { argv: string[]; asked: string | undefined } {
  const at = words.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  if (at < 0) return { argv: words, asked: undefined };
  const isOneWord = words[at] !== '--lang';
  const asked = isOneWord ? words[at]?.slice('--lang='.length) : words[at + 1];
  // An unknown language stays in the words, and is refused with the list of choices.
  if (asked === undefined || !(languages as readonly string[]).includes(asked))
    return { argv: words, asked: undefined };
  return { argv: words.toSpliced(at, isOneWord ? 1 : 2), asked };
}

/** @param words the command line as it was given: `argv` has no `--lang` */
async function runOne(
  argv: string[],
  words: string[],
  { terminal, signal }: Context,
  { commands, help }: CommandTable,
): Promise<number> {
  const verbose = argv.includes('--verbose');
  let hasFlag: HasFlag = () => true;
  let endTelling = () => {};
  keepSecretsOf([...argv, ...Object.values(process.env)]);
  try {
    requireKnownValues(words, process.env);
    // `assay help validate` is `assay validate --help`.
    const asked = argv[0] === 'help' ? argv.slice(1) : argv;
    const entry = findCommand(asked, commands);
    if (entry === undefined) return print(terminal, help(argv));

    const length = entry.name.split(' ').length;
    const { command } = await entry.load();
    const options = optionsOf(command);
    hasFlag = (flag) => Object.hasOwn(options, flag.replace(/^--/, ''));
    const rest = asked.slice(length);
    const parser = commandParser(entry, command, rest);
    const isHelp = asked !== argv || rest.includes('--help') || rest.includes('-h');
    if (isHelp) {
      // Its texts are in the user's language already, and its names stay as they are.
      terminal.command(await parser.getHelp());
      return 0;
    }
    const settings = await settingsFor(command, rest, options);
    requireValues(entry, command, rest);
    const args = await parser.config(settings?.values ?? {}).parseAsync(rest);
    requireSingleValues(entry, command, args);
    if (typeof args['catalog'] === 'string') useCatalog(args['catalog']);
    const {
      proxy,
      output,
      progress: _progress,
      config: _file,
      printConfig,
      'print-config': _print,
      ...own
    } = args;
    if (settings !== undefined && printConfig === true) {
      for (const warning of settings.warnings) terminal.say(warning);
      terminal.command(settings.print(args['json'] === true));
      return 0;
    }
    if (args['quiet'] !== true) for (const line of settings?.lines ?? []) terminal.say(line);
    if (proxy === false) withoutProxies();
    const shown = output === 'wide' ? withEveryColumn(terminal) : terminal;
    if (args['quiet'] !== true) endTelling = tellOfSilence((text) => shown.say(text));
    return await command.run(own as never, { commands, terminal: shown, signal, hasFlag });
  } catch (error) {
    // What a pause or a stream of Node's throws when the signal ends it: the reason is what the user reads.
    const isAbort = signal.aborted && error instanceof Error && error.name === 'AbortError';
    const exitCode = report(isAbort ? signal.reason : error, { verbose, terminal, hasFlag });
    // What fails because of the signal is an interrupted run, whatever it says.
    return exitCode === 1 && signal.reason instanceof Interrupted ? signal.reason.exitCode : exitCode;
  } finally {
    endTelling();
  }
}

function findCommand(argv: string[], commands: readonly CommandEntry[]): CommandEntry | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, index) => argv[index] === word));
}

function commandParser({ name }: CommandEntry, command: Command, words: string[]): Argv {
  const parser = baseParser(`assay ${name}`);
  // yargs prints headings in the order in which they are added.
  for (const heading of command.groups ?? []) parser.group([], inLanguage(heading));
  for (const [line, purpose] of command.examples) parser.example(line, inLanguage(purpose));
  return parser
    .command(`$0 ${command.usage ?? ''}`.trim(), linesInLanguage(command.description), (builder) => {
      for (const [key, options] of Object.entries(command.positionals ?? {})) {
        builder.positional(key, described(options));
        // Takes `-` for what it is: a value, and not an option without a name.
        if (options.array !== true) builder.nargs(key, 1);
      }
      return builder;
    })
    .options(
      Object.fromEntries(Object.entries(optionsOf(command)).map(([key, one]) => [key, described(one)])),
    )
    .strict()
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      const text = /^Not enough non-option/.test(message ?? '')
        ? `"assay ${name}" needs ${command.usage}`
        : asWritten(message ?? error?.message ?? '', command, words);
      throw new UsageError(firstParagraph(text), {
        advice: [meantOption(text, command), `see \`assay ${name} --help\``].filter(Boolean).join(' '),
      });
    });
}

/** A fault in yargs' words as a sentence, with options as they are written on a command line. */
function asWritten(text: string, command: Command, words: string[]): string {
  const invalid = /^Invalid values: Argument: (\S+), Given: "?(.*?)"?, Choices: (.+)$/.exec(
    firstParagraph(text),
  );
  if (invalid !== null) {
    const [, name = '', value, choices = ''] = invalid;
    const shown = Object.hasOwn(optionsOf(command), name) ? `--${name}` : name;
    return `${shown}: "${value}" is not one of ${choices.replaceAll('"', '')}`;
  }
  const empty = /^Not enough arguments following: (\S+)$/.exec(text)?.[1];
  if (empty !== undefined) return empty.length === 1 ? `-${empty} needs a value` : `--${empty} needs a value`;
  const missing = /^Missing required arguments?: (.+)$/.exec(text)?.[1]?.split(', ');
  if (missing !== undefined) {
    const flags = missing.map((name) => `${name.length === 1 ? '-' : '--'}${name}`).join(', ');
    return missing.length === 1
      ? `Missing required argument: ${flags}`
      : `Missing required arguments: ${flags}`;
  }
  const names = /^Unknown arguments?: (.+)$/.exec(text)?.[1]?.split(', ');
  if (names === undefined) return text;
  const camelCase = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  // yargs names an option of two words twice.
  const own = names.filter((name) => !names.some((other) => other !== name && camelCase(other) === name));
  const written = own.map((name) => {
    const dashed = `${name.length === 1 ? '-' : '--'}${name}`;
    return words.some((word) => word.split('=')[0] === dashed) ? dashed : name;
  });
  return `Unknown argument${written.length === 1 ? '' : 's'}: ${written.join(', ')}`;
}

/** What was probably meant by the first unknown option; undefined where nothing is near. */
function meantOption(text: string, command: Command): string | undefined {
  const unknown = /^Unknown arguments?: --([\w-]+)/.exec(text)?.[1];
  const meant = unknown === undefined ? undefined : nearest(unknown, Object.keys(optionsOf(command)));
  return meant === undefined ? undefined : `did you mean --${meant}?`;
}

/** yargs lists faults on separate lines, for example the choices of an option. */
function firstParagraph(text: string): string {
  return (text.trim().split(/\n\s*\n/)[0] ?? text).replaceAll(/\s*\n\s*/g, ' ');
}

/** The parser would take the next option for the value, and refuse what follows that one. */
function requireValues({ name }: CommandEntry, command: Command, words: string[]): void {
  const options = optionsOf(command);
  for (const [at, word] of words.entries()) {
    if (word === '--') return;
    const key = word.replace(/^--/, '');
    const { type, array, choices } = options[key] ?? {};
    const takesOne = word.startsWith('--') && !array && (choices ?? type ?? 'boolean') !== 'boolean';
    const next = /^--([^=]+)/.exec(words[at + 1] ?? '')?.[1];
    if (takesOne && next !== undefined && Object.hasOwn(options, next))
      throw new UsageError(`--${key} needs a value`, { advice: `see \`assay ${name} --help\`` });
  }
}

/**
 * Faults that the parser does not find: an option given twice becomes a list, one without a value an empty text
 * or list, and a wrong number NaN.
 */
function requireSingleValues({ name }: CommandEntry, command: Command, args: Record<string, unknown>): void {
  const advice = `see \`assay ${name} --help\``;
  for (const [key, { array, coerce, type, demandOption }] of Object.entries(optionsOf(command))) {
    const value = args[key];
    const isEmpty = type === 'string' && (demandOption === true || !array) && String(value) === '';
    if (!array && coerce === undefined && Array.isArray(value))
      throw new UsageError(`--${key} is given more than once`, { advice });
    if (isEmpty) throw new UsageError(`--${key} needs a value`, { advice });
    if (type === 'number' && Number.isNaN(value)) throw new UsageError(`--${key} needs a number`, { advice });
  }
}

/** How much of a variable's value an error shows. */
const LONGEST_VALUE = 200;

/** Checks the variables of options that every command has. A flag comes before its variable. */
function requireKnownValues(words: string[], env: NodeJS.ProcessEnv): void {
  const known = { lang: languages, progress: ['text', 'json'] };
  for (const [flag, choices] of Object.entries(known)) {
    const variable = `ASSAY_${flag.toUpperCase()}`;
    const value = env[variable] ?? '';
    const isOverruled = words.some((word) => word.split('=')[0] === `--${flag}`);
    const isKnown = choices.some((choice) =>
      flag === 'lang' ? value.toLowerCase().startsWith(choice) : value === choice,
    );
    if (value !== '' && !isKnown && !isOverruled)
      throw new UsageError(
        `${variable}: "${cleanText(value, LONGEST_VALUE)}" is not one of ${choices.join(', ')}`,
      );
  }
}

/** An option with its description and its heading in the language in use; one with choices needs a value. */
function described<T extends Pick<Options, 'choices' | 'description' | 'group'>>(option: T): T {
  return {
    ...option,
    ...(option.choices !== undefined && { requiresArg: true }),
    ...(option.description !== undefined && { description: inLanguage(option.description) }),
    ...(option.group !== undefined && { group: inLanguage(option.group) }),
  };
}

/** The words that yargs itself puts into help texts. */
const OF_HELP = [
  ...[
    'Options:',
    'Positionals:',
    'Examples:',
    'default:',
    'choices:',
    'boolean',
    'string',
    'number',
    'array',
  ],
  ...['required', 'Show help', 'count', 'aliases:', 'default'],
];

function baseParser(scriptName: string): Argv {
  return yargs()
    .scriptName(scriptName)
    .version(false)
    .help('help')
    .alias('help', 'h')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .updateStrings(Object.fromEntries(OF_HELP.map((text) => [text, inLanguage(text)])))
    .exitProcess(false)
    .parserConfiguration({
      'duplicate-arguments-array': true,
      'camel-case-expansion': true,
      // An option with `nargs: 1` takes the next word even where it begins with dashes: --set-arg --foo=1.
      'nargs-eats-options': true,
    });
}

/** A signal that comes so soon after another one is the same: a shell or npm passes on what the whole group got. */
const SAME_SIGNAL_MS = 200;

/** Turns the first signal into an abort, and the second one into an immediate end. */
function interruptible(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        // A closed terminal during the stop does not mean that the user wants to leave a node running.
        if (name === 'SIGHUP' || performance.now() - firstAt < SAME_SIGNAL_MS) return;
        terminal.say('stopped at once; a generation started by this run may still be running on the node');
        process.exit(new Interrupted(name).exitCode);
      }
      terminal.say(`${name}: stopping; press again to stop at once`);
      firstAt = performance.now();
      const reason = new Interrupted(name);
      giveUpPipes(reason);
      controller.abort(reason);
    });
  }
  // A bug outside of any awaited call must not leave a node generating: the run is ended in order, too.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      if (controller.signal.aborted) return;
      controller.abort(error instanceof Error ? error : new Error(String(error)));
    });
  }
  return controller.signal;
}

interface Reporting {
  verbose: boolean;
  terminal: Terminal;
  hasFlag: HasFlag;
}

function report(error: unknown, { verbose, terminal, hasFlag }: Reporting): number {
  if (error instanceof AssayError) {
    sayError(terminal, maskSecrets(error.lineWith(followable(error.advice, hasFlag))));
    if (verbose) terminal.say(maskSecrets(error.stack ?? ''));
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const what = maskSecrets(verbose ? stack : (stack.split('\n')[0] ?? ''));
  sayError(terminal, `internal error: ${what}; this is a bug, --verbose shows where`);
  return 1;
}

function sayError({ event, say }: Terminal, text: string): void {
  if (event === undefined) say(`assay: ${text}`);
  else event({ event: 'error', text });
}

function print(terminal: Terminal, text: string): number {
  terminal.out(text);
  return 0;
}
