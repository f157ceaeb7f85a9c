import { createColors } from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { printable } from '../clean.js';
import { inLanguage, linesInLanguage } from '../text/language.js';
import { folded } from '../text/wrap.js';
import type { ProgressEvent } from './progress-event.js';
import { keptBack } from './quiet.js';

/** The connection of the process to its user. Data goes to `out`, everything else to `say`. */
export interface Terminal {
  /** Writes data to stdout, safe to print. */
  out(text: string): void;
  /** Writes text for a program to stdout as it is (a script, settings, commands of a CI system): the caller has escaped texts from outside. */
  command(text: string): void;
  /** Writes a line for people to stderr, safe to print. */
  say(text: string): void;
  /** Writes events for a program to stderr, with `--progress json`; absent: people read stderr. */
  event?(event: ProgressEvent): void;
  /** Colours for stdout; without effect if stdout is no terminal or NO_COLOR is set. */
  colors: Colors;
  /** stderr is a terminal: bars may be drawn. */
  interactive: boolean;
  /** Questions are possible: stdin and stderr are terminals. */
  canAsk: boolean;
  /** Columns of stdout, 100 if it is no terminal. */
  width: number;
  /** The same, if stdout is a terminal and `-o wide` is not given: the limit of tables and lines. */
  columns?: number;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const plain = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  const colors = createColors(process.stdout.isTTY === true && !plain);
  const say = (text: string) => keptBack(text) || process.stderr.write(`${text}\n`);
  const columns = process.stdout.columns || undefined;
  return {
    out: (text) =>
      process.stdout.write(
        `${folded(printable(linesInLanguage(text), colors.isColorSupported), process.stdout.columns)}\n`,
      ),
    command: (text) => process.stdout.write(`${text}\n`),
    say: (text) => say(folded(printable(inLanguage(text), colors.isColorSupported), process.stderr.columns)),
    colors,
    interactive: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    width: columns ?? 100,
    ...(columns !== undefined && { columns }),
  };
}

/** The same terminal without a width for tables, so that no column is left out. */
export function withEveryColumn({ columns: _, ...terminal }: Terminal): Terminal {
  return terminal;
}
