import { drawLines, terminalSize } from '../terminal/lines.js';
import type { Terminal } from '../terminal/terminal.js';
import type { LiveState } from './state.js';
import { tableLines } from './table.js';
import { momentOf } from './words.js';

const EVERY_MS = 500;
/** Rows kept free for lines that are printed above the table. */
const LEFT_FREE = 3;

/**
 * Shows a fleet at the bottom of the terminal as a table, and redraws it after changes.
 *
 * @returns removes the table
 */
export function showTable(terminal: Terminal, state: LiveState): () => void {
  const lines = drawLines(terminal);
  const draw = () => {
    const { columns, rows } = terminalSize();
    // Some terminals wrap a line that is as wide as they are.
    const size = { columns: columns - 1, rows: Math.max(4, rows - LEFT_FREE) };
    lines.show(tableLines(momentOf(state.fleet, Date.now()), size));
  };
  draw();
  const timer = setInterval(draw, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    lines.remove();
  };
}
