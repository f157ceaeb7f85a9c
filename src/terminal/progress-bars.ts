import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** One bar among those that a terminal shows. */
export interface Bar {
  /** @param share of the bar that is filled, 0 … 1 */
  show(share: number, text: string): void;
  remove(): void;
}

/** The bars that a terminal shows now, and its own way of writing lines, which must not run into them. */
const shown = new WeakMap<Terminal, { bars: MultiBar; count: number; say: Terminal['say'] }>();

/** Most bars at a time: with more, those on top would leave a small terminal and stay behind when it scrolls. */
const MOST_BARS = 12;

/**
 * Draws a bar below those that are up; while there are any, lines that the terminal says go above them.
 *
 * @returns null where there is no room for another
 */
export function drawBar(terminal: Terminal): Bar | null {
  const shared = shown.get(terminal) ?? takeOver(terminal);
  if (shared.count >= MOST_BARS) return null;
  shared.count++;
  const bar: SingleBar = shared.bars.create(1, 0, { text: '' });
  return {
    show: (share, text) => bar.update(Math.min(1, share), { text }),
    remove() {
      shared.bars.remove(bar);
      if (--shared.count > 0) return;
      shared.bars.stop();
      shown.delete(terminal);
      terminal.say = shared.say;
    },
  };
}

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
