import cliProgress, { type MultiBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** How far a phase has come, told to people on stderr. */
export interface Progress {
  /**
   * @param done units done so far, of the total
   * @param note what else there is to say, for example the share of each replica
   */
  update(done: number, note?: string): void;
  /** Ends it and leaves one line that says how far it came; a second call does nothing. */
  stop(): void;
}

export interface ProgressOptions {
  /** What is going on, for example `probing`. */
  label: string;
  /** null where nobody knows how much there is. */
  total: number | null;
  /** What is counted, for example `nonces`; `s` for a phase of a given length. */
  unit: string;
}

/** Between two plain lines where no bar can be drawn. */
const LINE_INTERVAL_MS = 5000;

/**
 * Shows the progress of one phase: a bar on a terminal, several of them below each other where phases run
 * side by side, and elsewhere a line every few seconds.
 *
 * @param now a clock in milliseconds
 */
export function startProgress(
  terminal: Terminal,
  options: ProgressOptions,
  now: () => number = () => performance.now(),
): Progress {
  const startedAt = now();
  let done = 0;
  let note: string | undefined;
  let stopped = false;
  const show = terminal.interactive ? drawBar(terminal, options) : writeLines(terminal, now);

  return {
    update(value, text) {
      if (stopped) return;
      done = value;
      note = text;
      show.update(done, describeProgress(options, done, (now() - startedAt) / 1000, note));
    },
    stop() {
      if (stopped) return;
      stopped = true;
      show.end();
      terminal.say(describeEnd(options, done, (now() - startedAt) / 1000, note));
    },
  };
}

/** One line: `probing: 96 of 200 nonces, 27.1/s, 4 s left, 5001: 48, 5002: 48`. */
export function describeProgress(
  { label, total, unit }: ProgressOptions,
  done: number,
  elapsedS: number,
  note?: string,
): string {
  const parts = [`${label}: ${countOf(done, total, unit)}`];
  // A phase that counts seconds has no rate worth telling.
  if (unit !== 's' && done > 0 && elapsedS > 0) parts.push(`${rateOf(done / elapsedS)}/s`);
  const left = total === null || done === 0 ? null : ((total - done) * elapsedS) / done;
  if (left !== null && left > 0) parts.push(`${timeOf(left)} left`);
  if (note !== undefined && note !== '') parts.push(note);
  return parts.join(', ');
}

function describeEnd(
  { label, total, unit }: ProgressOptions,
  done: number,
  elapsedS: number,
  note?: string,
): string {
  const count = `${label}: ${countOf(done, total, unit)}${unit === 's' ? '' : ` in ${timeOf(elapsedS)}`}`;
  return note === undefined || note === '' ? count : `${count}, ${note}`;
}

function countOf(done: number, total: number | null, unit: string): string {
  const shown = Number.isInteger(done) ? String(done) : done.toFixed(1);
  return total === null ? `${shown} ${unit}` : `${shown} of ${total} ${unit}`;
}

function rateOf(perSecond: number): string {
  return perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(3);
}

function timeOf(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

interface Show {
  update(done: number, text: string): void;
  end(): void;
}

function writeLines(terminal: Terminal, now: () => number): Show {
  let lastAt = now();
  return {
    update(_done, text) {
      if (now() - lastAt < LINE_INTERVAL_MS) return;
      lastAt = now();
      terminal.say(text);
    },
    end() {},
  };
}

/** The bars that a terminal shows now, and its own way of writing lines, which must not run into them. */
const shown = new WeakMap<Terminal, { bars: MultiBar; count: number; say: Terminal['say'] }>();

function drawBar(terminal: Terminal, { label, total, unit }: ProgressOptions): Show {
  const shared = shown.get(terminal) ?? takeOver(terminal);
  shared.count++;
  const bar = shared.bars.create(total ?? 1, 0, { text: `${label}: ${countOf(0, total, unit)}` });
  return {
    update(done, text) {
      bar.update(total === null ? 0 : Math.min(done, total), { text });
    },
    end() {
      shared.bars.remove(bar);
      if (--shared.count > 0) return;
      shared.bars.stop();
      shown.delete(terminal);
      terminal.say = shared.say;
    },
  };
}

/** While bars are up, lines go above them. */
function takeOver(terminal: Terminal) {
  const bars = new cliProgress.MultiBar({
    stream: process.stderr,
    format: '{bar} {text}',
    barsize: 16,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    // Cuts a long line at the terminal's width instead of switching the terminal's own wrapping off, which
    // a process that is killed would leave off.
    linewrap: true,
    clearOnComplete: true,
    // A bar that did not move must still be drawn again below a line written above it.
    forceRedraw: true,
  });
  const shared = { bars, count: 0, say: terminal.say };
  terminal.say = (text) => bars.log(`${text}\n`);
  shown.set(terminal, shared);
  return shared;
}
