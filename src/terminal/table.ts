import Table from 'cli-table3';
import type { Terminal } from './terminal.js';

/**
 * A table for stdout: framed on a terminal, aligned columns without a frame elsewhere, so that a pipe gets
 * plain text.
 *
 * @param rows cells as text; a row shorter than the head is padded
 */
export function renderTable(head: string[], rows: string[][], terminal: Pick<Terminal, 'colors'>): string {
  const framed = terminal.colors.isColorSupported;
  const table = new Table({
    head: head.map((text) => terminal.colors.bold(text)),
    style: framed
      ? { head: [], border: ['gray'] }
      : { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    ...(framed ? {} : { chars: FRAMELESS }),
  });
  for (const row of rows) table.push(head.map((_, column) => row[column] ?? ''));
  return framed ? table.toString() : trimLines(table.toString());
}

/** Names and values, one pair a line, values aligned. */
export function renderPairs(pairs: [string, string][]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n');
}

const FRAMELESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
