import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { Terminal } from '../terminal/terminal.js';
import type { HasFlag } from '../text/advice.js';

type Flags = Record<string, Options>;
type Positionals = Record<string, PositionalOptions>;

/** `wait-ready` as yargs hands it on: `waitReady`. */
type CamelCase<Name> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The values of a set of flags, under the names that yargs gives them: as written, and in camel case. */
export type ArgsOf<F extends Flags | Positionals> = InferredOptionTypes<F> & {
  [Name in keyof F as CamelCase<Name>]: InferredOptionTypes<F>[Name];
};

/** What a command's `run` gets beside its arguments. */
export interface Context {
  /** Every command there is, for the one that tells of them; absent where a command calls another. */
  commands?: readonly CommandEntry[];
  terminal: Terminal;
  /** Aborted with an `Interrupted` when the process is asked to stop: clean up, then let it through. */
  signal: AbortSignal;
  /** Whether the command has a flag, so that advice names no other; absent: it has them all. */
  hasFlag?: HasFlag;
}

/** One command: what it takes, and what it does with it. */
export interface Command<F extends Flags = Flags, P extends Positionals = Positionals> {
  /** Positional part of the usage line, for example `<model>` or `[file..]`. */
  usage?: string;
  /** What it does, in a sentence or a few. */
  description: string;
  positionals?: P;
  options: F;
  /** Headings of its options in `--help`, in this order; those without one stand below them. */
  groups?: readonly string[];
  /** Options that the environment and `assay.yaml` may give as well. */
  settings?: readonly string[];
  /** Complete command lines with what each is for. */
  examples: [string, string][];
  /** Does the work and returns the exit code; throws AssayError for what the user can act on. */
  run(args: ArgsOf<F> & ArgsOf<P>, context: Context): Promise<number>;
}

/** Gives a command's `run` the argument types that its options declare. */
export function defineCommand<const F extends Flags, const P extends Positionals = Record<never, never>>(
  command: Command<F, P>,
): Command {
  return command as unknown as Command;
}

/** A command in the index: enough for `--help`, the rest loaded when it is called. */
export interface CommandEntry {
  /** The words that call it, for example `golden list`. */
  name: string;
  summary: string;
  load(): Promise<{ command: Command }>;
}
