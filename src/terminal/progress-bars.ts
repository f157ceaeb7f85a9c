import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import { printable } from '../clean.js';
import { inLanguage } from '../text/language.js';
import { cutToWidth } from '../text/width.js';
import { folded } from '../text/wrap.js';
import { keptBack, pauseForQuestions } from './quiet.js';
import type { Terminal } from './terminal.js';

/** One of the bars on a terminal. */
export interface Bar {
  /** @param share of the bar that is filled, 0 … 1 */
  show(share: number, text: string): void;
  remove(): void;
}

/** A line without a bar. */
export interface Line {
  show(text: string): void;
  remove(): void;
}

/** The content of a bar; it is not drawn while a question is open. */
interface Shown {
  /** As cli-progress combines it. */
  format: string;
  share: number;
  text: string;
  drawn: SingleBar | undefined;
}

/** The bars on a terminal, and its own function for lines, which must not write into them. */
interface Bars {
  all: Set<Shown>;
  /** undefined while a question is open. */
  multi: MultiBar | undefined;
  say: Terminal['say'];
  /** Ends the pausing for questions. */
  release(): void;
}

const BAR_SIZE = 16;
/** Free columns after a bar: a terminal writes `^C` there, and must not begin a new row for it. */
const ROOM_FOR_CTRL_C = 2;

const barsOf = new WeakMap<Terminal, Bars>();

/** Tells a terminal to delete the text after the cursor. */
const ERASE_REST = '\u001B[K';

/** Most bars at a time: with more bars, those on top would scroll out of a small terminal and stay there. */
const MOST_BARS = 12;

/**
 * Draws a bar below the others. While there are bars, other lines are written above them.
 *
 * @returns null if there is no room for another
 */
export function drawBar(terminal: Terminal): Bar | null {
  const bars = barsOf.get(terminal) ?? takeOver(terminal);
  return bars.all.size >= MOST_BARS ? null : drawIn(bars, '{bar} {text}', terminal, barText);
}

/** The same without a bar: a line of a table. The caller makes sure that there is room. */
export function drawLine(terminal: Terminal): Line {
  const { show, remove } = drawIn(barsOf.get(terminal) ?? takeOver(terminal), '{text}', terminal);
  return { show: (text) => show(0, text), remove };
}

/** The part of a text that fits after a bar. */
function barText(text: string): string {
  return cutToWidth(text, (process.stderr.columns || 80) - BAR_SIZE - 1 - ROOM_FOR_CTRL_C);
}

function drawIn(bars: Bars, format: string, terminal: Terminal, fitted = (text: string) => text): Bar {
  const own: Shown = { format, share: 0, text: '', drawn: undefined };
  bars.all.add(own);
  draw(bars, own);
  return {
    show(share, text) {
      own.share = Math.min(1, share);
      own.text = fitted(printable(inLanguage(text), terminal.colors.isColorSupported));
      own.drawn?.update(own.share, { text: own.text });
    },
    remove() {
      bars.all.delete(own);
      if (own.drawn !== undefined) bars.multi?.remove(own.drawn);
      if (bars.all.size > 0) return;
      bars.release();
      bars.multi?.stop();
      barsOf.delete(terminal);
      terminal.say = bars.say;
    },
  };
}

function takeOver(terminal: Terminal): Bars {
  const bars: Bars = { all: new Set(), multi: newMultiBar(), say: terminal.say, release: () => {} };
  terminal.say = (text) => {
    const line = printable(inLanguage(text), terminal.colors.isColorSupported);
    if (keptBack(line)) return;
    // Each line replaces a line on the terminal, and may be shorter.
    const lines = `${folded(line, process.stderr.columns)}\n`;
    bars.multi?.log(lines.replaceAll('\n', `${ERASE_REST}\n`));
    // Drawn at once: it may be the last line.
    bars.multi?.update();
  };
  // An exit at once must remove them, too.
  const atExit = () => bars.multi?.stop();
  process.once('exit', atExit);
  const resumeNoMore = pauseForQuestions({
    pause() {
      // Lines that are not drawn yet would be lost with it.
      bars.multi?.update();
      bars.multi?.stop();
      bars.multi = undefined;
      for (const each of bars.all) each.drawn = undefined;
    },
    resume() {
      bars.multi = newMultiBar();
      for (const each of bars.all) draw(bars, each);
    },
  });
  bars.release = () => {
    process.removeListener('exit', atExit);
    resumeNoMore();
  };
  barsOf.set(terminal, bars);
  return bars;
}

function draw({ multi }: Bars, own: Shown): void {
  own.drawn = multi?.create(1, own.share, { text: own.text }, { format: own.format });
}

function newMultiBar(): MultiBar {
  return new cliProgress.MultiBar({
    stream: process.stderr,
    barsize: BAR_SIZE,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    // Cuts a long line at the terminal's width. Otherwise the terminal's own wrapping is switched off, and a
    // killed process would leave it off.
    linewrap: true,
    clearOnComplete: true,
    // A bar that did not move must still be drawn again below a line written above it.
    forceRedraw: true,
  });
}
