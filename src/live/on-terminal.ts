import { drawLines, terminalSize } from '../terminal/lines.js';
import type { Terminal } from '../terminal/terminal.js';
import type { LiveState } from './state.js';
import { tableLines } from './table.js';
import { momentOf } from './words.js';

const EVERY_MS = 500;
/** For what is said above the table. */
const LEFT_FREE = 3;

/**
 * Shows a fleet at the bottom of the terminal as a table that is drawn again as it changes.
 *
 * @returns takes it away
 */
export function showTable(terminal: Terminal, state: LiveState): () => void {
  const lines = drawLines(terminal);
  const draw = () => {
    const { columns, rows } = terminalSize();
    // A line as wide as the terminal would wrap on some of them.
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
