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
  const table = plainTable(drawn.names, broken(drawn.names, drawn.cells, terminal), terminal);
  if (out.length === 0) return table;
  return `${table}\n${colors.dim(`not shown: ${out.map(inLanguage).join(', ')}; -o wide shows all`)}`;
}

/** Long cells broken between words, those of the widest column first, until a line fits the terminal. */
function broken(
  head: string[],
  rows: string[][],
  terminal: Pick<Terminal, 'colors' | 'columns'>,
): string[][] {
  const { columns } = terminal;
  if (columns === undefined) return rows;
  const widths = head.map((_, at) => Math.max(0, largest(rows.map((row) => lengthOf(row[at] ?? '')))));
  const widestFirst = [...widths.keys()].sort((a, b) => (widths[b] as number) - (widths[a] as number));
  let cells = rows;
  for (const column of widestFirst) {
    const excess = widthOf(head, cells, terminal) - columns;
    if (!(excess > 0)) break;
    const room = Math.max(NARROWEST_CELL, (widths[column] as number) - excess);
    cells = cells.map((row) => row.map((cell, at) => (at === column ? wrapped(cell, room, '') : cell)));
  }
  return cells;
}

function widthOf(head: string[], rows: string[][], terminal: Pick<Terminal, 'colors'>): number {
  return lengthOf(plainTable(head, rows, terminal));
}

/** Columns of the longest line. */
function lengthOf(text: string): number {
  return text.split('\n').reduce((most, line) => Math.max(most, displayWidth(line)), 0);
}

function plainTable(head: string[], rows: string[][], { colors }: Pick<Terminal, 'colors'>): string {
  const names = head.map((text) => colors.bold(text));
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
