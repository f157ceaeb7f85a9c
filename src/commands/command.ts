import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { Terminal } from '../terminal/terminal.js';
import type { HasFlag } from '../text/advice.js';

type Flags = Record<string, Options>;
type Positionals = Record<string, PositionalOptions>;

/** The camel-case name that yargs adds for `wait-ready`: `waitReady`. */
type CamelCase<Name> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The values of a set of flags, under the names that yargs uses: as written, and in camel case. */
export type ArgsOf<F extends Flags | Positionals> = InferredOptionTypes<F> & {
  [Name in keyof F as CamelCase<Name>]: InferredOptionTypes<F>[Name];
};

/** What a command's `run` gets in addition to its arguments. */
export interface Context {
  /** All commands, for the commands that list them; absent when a command calls another. */
  commands?: readonly CommandEntry[];
  terminal: Terminal;
  /** Aborted with an `Interrupted` when the process is asked to stop: clean up, then rethrow it. */
  signal: AbortSignal;
  /** Whether the command has a flag, so that advice names only existing flags; absent: it has all of them. */
  hasFlag?: HasFlag;
}

/** One command: its options, and what it does. */
export interface Command<F extends Flags = Flags, P extends Positionals = Positionals> {
  /** Positional part of the usage line, for example `<model>` or `[file..]`. */
  usage?: string;
  /** What it does, in one sentence or a few. */
  description: string;
  positionals?: P;
  options: F;
  /** Headings of its options in `--help`, in this order; options without a heading come last. */
  groups?: readonly string[];
  /** Options that the environment and `assay.yaml` may also set. */
  settings?: readonly string[];
  /** Complete command lines, each with its purpose. */
  examples: [string, string][];
  /** Does the work and returns the exit code; throws AssayError for errors that the user can act on. */
  run(args: ArgsOf<F> & ArgsOf<P>, context: Context): Promise<number>;
}

/** Gives a command's `run` the argument types that its options declare. */
export function defineCommand<const F extends Flags, const P extends Positionals = Record<never, never>>(
  command: Command<F, P>,
): Command {
  return command as unknown as Command;
}

/** A command in the index: enough for `--help`; the rest is loaded when the command is called. */
export interface CommandEntry {
  /** The words that call it, for example `golden list`. */
  name: string;
  summary: string;
  load(): Promise<{ command: Command }>;
}
