import { createColors } from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { printable } from '../clean.js';
import { inLanguage, linesInLanguage } from '../text/language.js';
import { folded } from '../text/wrap.js';
import type { ProgressEvent } from './progress-event.js';
import { keptBack } from './quiet.js';

/** The process's way to its user. Data goes to `out`, everything else to `say`. */
export interface Terminal {
  /** Writes data to stdout, safe to print. */
  out(text: string): void;
  /** Writes commands to a CI system to stdout, as they are: whoever makes them has escaped what is from outside. */
  command(text: string): void;
  /** Writes a line for people to stderr, safe to print. */
  say(text: string): void;
  /** Tells a program on stderr how it goes, with `--progress json`; absent: people read it. */
  event?(event: ProgressEvent): void;
  /** Colours for stdout; they do nothing where stdout is no terminal or NO_COLOR is set. */
  colors: Colors;
  /** stderr is a terminal: bars may be drawn. */
  interactive: boolean;
  /** A person can be asked: stdin and stderr are terminals. */
  canAsk: boolean;
  /** Columns of stdout, 100 where it is no terminal. */
  width: number;
  /** The same, where stdout is a terminal and not everything is asked for: tables and lines keep to it. */
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

/** The same terminal without a width for tables: nothing is left out of them. */
export function withEveryColumn({ columns: _, ...terminal }: Terminal): Terminal {
  return terminal;
}
