import { drawLine, type Line } from './progress-bars.js';
import type { Terminal } from './terminal.js';

/** Lines at the bottom of a terminal that are redrawn in place; other lines are written above them. */
export interface Lines {
  /** @param texts from the top; a line is cut at the width */
  show(texts: string[]): void;
  /** Removes them. */
  remove(): void;
}

/** The present size of the terminal: a user may have changed it since the start. */
export function terminalSize(): { columns: number; rows: number } {
  const { columns = 80, rows = 24 } = process.stderr;
  return { columns, rows };
}

export function drawLines(terminal: Terminal): Lines {
  const lines: Line[] = [];
  return {
    show(texts) {
      while (lines.length > texts.length) lines.pop()?.remove();
      for (const [at, text] of texts.entries()) {
        lines[at] ??= drawLine(terminal);
        lines[at]?.show(text);
      }
    },
    remove() {
      while (lines.length > 0) lines.pop()?.remove();
    },
  };
}
