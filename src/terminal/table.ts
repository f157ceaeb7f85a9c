import Table from 'cli-table3';
import { largest } from '../extremes.js';
import { inLanguage } from '../text/language.js';
import { displayWidth, padToWidth } from '../text/width.js';
import { wrapped } from '../text/wrap.js';
import type { Terminal } from './terminal.js';

/** Least width of a broken cell, in columns. */
const NARROWEST_CELL = 16;

/**
 * A table for stdout: framed where there is colour, aligned columns without a frame elsewhere, so that a pipe
 * gets plain text. On a terminal it fits the width: columns are left out and named, and then long cells are
 * broken between words.
 *
 * @param rows cells as text; a row shorter than the head is padded
 * @param terminal without `columns` there is room for everything
 * @param leftOut names of the columns to leave out on a narrow terminal, in this order
 */
export function renderTable(
  head: string[],
  rows: string[][],
  terminal: Pick<Terminal, 'colors' | 'columns'>,
  leftOut: readonly string[] = [],
): string {
  const { columns, colors } = terminal;
  const out: string[] = [];
  const draw = () => {
    const kept = head.flatMap((name, at) => (out.includes(name) ? [] : at));
    const cells = rows.map((row) => kept.map((at) => inLanguage(row[at] ?? '')));
    return { names: kept.map((at) => inLanguage(head[at] as string)), cells };
  };
  let drawn = draw();
  for (const name of leftOut) {
    if (columns === undefined || widthOf(drawn.names, drawn.cells, terminal) <= columns) break;
    if (!head.includes(name)) continue;
    out.push(name);
    drawn = draw();
  }
  const { names, cells, shortened } = fitted(drawn, terminal);
  const notes = [
    ...(out.length === 0 ? [] : [`not shown: ${out.map(inLanguage).join(', ')}; -o wide shows all`]),
    ...(shortened.length === 0 ? [] : [`shortened: ${shortened.join(', ')}; -o wide shows all`]),
  ];
  return [plainTable(names, cells, terminal), ...notes.map((note) => colors.dim(note))].join('\n');
}

interface Drawn {
  names: string[];
  cells: string[][];
}

/**
 * A table that fits the terminal. Long cells and names are broken between words, those of the widest column first; if that
 * is not enough, long words such as addresses are shortened in the middle.
 *
 * @returns `shortened`: names of the columns with such words
 */
function fitted(
  drawn: Drawn,
  terminal: Pick<Terminal, 'colors' | 'columns'>,
): Drawn & { shortened: string[] } {
  const { columns } = terminal;
  if (columns === undefined) return { ...drawn, shortened: [] };
  const lines = [drawn.names, ...drawn.cells];
  const widths = drawn.names.map((_, at) => largest(lines.map((row) => lengthOf(row[at] ?? ''))));
  const widestFirst = [...widths.keys()].sort((a, b) => (widths[b] as number) - (widths[a] as number));
  const shortened: string[] = [];
  let { names, cells } = drawn;
  const change = (column: number, own: (cell: string) => string) => {
    const changed = (row: string[]) => row.map((cell, at) => (at === column ? own(cell) : cell));
    [names, cells] = [changed(names), cells.map(changed)];
  };
  for (const column of widestFirst) {
    const excess = widthOf(names, cells, terminal) - columns;
    if (excess <= 0) break;
    const room = Math.max(NARROWEST_CELL, (widths[column] as number) - excess);
    change(column, (cell) => wrapped(cell, room, ''));
  }
  for (const column of widestFirst) {
    if (widthOf(names, cells, terminal) <= columns) break;
    if (!cells.some((row) => (row[column] ?? '').search(LONG_WORD) >= 0)) continue;
    shortened.push(drawn.names[column] as string);
    change(column, (cell) => cell.replaceAll(LONG_WORD, (word) => `${word.slice(0, 11)}…${word.slice(-6)}`));
  }
  return { names, cells, shortened };
}

/** A word without a blank that leaves no room for the rest of a line: an address, a hash. */
const LONG_WORD = /\S{32,}/g;

function widthOf(head: string[], rows: string[][], terminal: Pick<Terminal, 'colors'>): number {
  return lengthOf(plainTable(head, rows, terminal));
}

/** Columns of the longest line. */
function lengthOf(text: string): number {
  return text.split('\n').reduce((most, line) => Math.max(most, displayWidth(line)), 0);
}

function plainTable(head: string[], rows: string[][], { colors }: Pick<Terminal, 'colors'>): string {
  const names = head.map((text) => text.split('\n').map(colors.bold).join('\n'));
  if (!colors.isColorSupported) return alignedColumns([names, ...rows]);
  const table = new Table({ head: names, style: { head: [], border: ['gray'] } });
  for (const row of rows) table.push(row);
  return table.toString();
}

/** Columns without a frame. A history can have thousands of rows: a library for frames takes seconds for them. */
function alignedColumns(rows: string[][]): string {
  const cells = rows.map((row) => row.map((cell) => cell.split('\n')));
  const widths = (rows[0] ?? []).map((_, at) => largest(rows.map((row) => lengthOf(row[at] ?? ''))));
  return cells
    .flatMap((row) => {
      const lines = largest(row.map((cell) => cell.length));
      return Array.from({ length: lines }, (_, line) =>
        widths
          .map((width, at) => padToWidth(row[at]?.[line] ?? '', width + 2))
          .join('')
          .trimEnd(),
      );
    })
    .join('\n');
}

/** Names and values, one pair a line, values aligned. */
export function renderPairs(pairs: [string, string][]): string {
  const shown = pairs.map(([name, value]): [string, string] => [inLanguage(name), inLanguage(value)]);
  const width = Math.max(0, largest(shown.map(([name]) => displayWidth(name))));
  return shown.map(([name, value]) => `${padToWidth(name, width)}  ${value}`.trimEnd()).join('\n');
}
