import { drawLine, type Line } from './progress-bars.js';
import type { Terminal } from './terminal.js';

/** Lines at the bottom of a terminal that are drawn again in place; what the terminal says goes above them. */
export interface Lines {
  /** @param texts from the top; what does not fit into the width is cut */
  show(texts: string[]): void;
  /** Leaves nothing of them behind. */
  remove(): void;
}

/** How large the terminal is now: it may have been made wider since the start. */
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
