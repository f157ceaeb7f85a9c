import { SEVERITY } from '../page/verdicts.js';
import { distanceText } from '../text/figures.js';
import { inLanguage } from '../text/language.js';
import { cutToWidth, displayWidth, padToWidth } from '../text/width.js';
import type { LiveNode } from './state.js';
import {
  type Moment,
  nextText,
  orderOf,
  passText,
  roundTexts,
  shortDoingText,
  summaryText,
} from './words.js';

interface Column {
  head: string;
  /** Width in columns; the column `now` takes the rest. */
  width: number;
  /** Smallest width of the terminal, in columns, at which it is shown. */
  from: number;
  text(node: LiveNode, moment: Moment): string;
}

const COLUMNS: Column[] = [
  { head: 'node', width: 16, from: 0, text: ({ id }) => id },
  { head: 'site', width: 10, from: 110, text: ({ site }) => site },
  { head: 'now', width: 0, from: 0, text: (node) => shortDoingText(node) },
  { head: 'verdict', width: 10, from: 40, text: ({ last }) => last?.verdict ?? '–' },
  { head: 'mean L2', width: 7, from: 64, text: ({ last }) => distanceText(last?.l2_mean) },
  { head: 'trend', width: 12, from: 120, text: ({ trend }) => blocksOf(trend.map(({ mean }) => mean)) },
  { head: 'own last', width: 14, from: 130, text: ({ last }) => last?.drift?.outcome ?? '–' },
  { head: 'last PASS', width: 10, from: 76, text: (node, { now }) => shortened(passText(node, now)) },
  { head: 'next', width: 11, from: 76, text: (node, moment) => nextText(node, moment) },
];
/** Smallest width of the column `now`, and space between two columns. */
const [LEAST, GAP] = [12, 2];
const BLOCKS = '▁▂▃▄▅▆▇█';

/**
 * A fleet as lines for a terminal: the summary, then as many nodes as fit, failures first, then nodes in
 * progress. Pure.
 *
 * @param size of the terminal, in characters
 */
export function tableLines(moment: Moment, { columns, rows }: { columns: number; rows: number }): string[] {
  const { fleet } = moment;
  const longest = fleet.nodes.reduce((most, { id }) => Math.max(most, id.length), 4);
  const shown = COLUMNS.filter(({ from }) => columns >= from).map((column) =>
    column.head === 'node' ? { ...column, width: Math.min(column.width, longest) } : column,
  );
  const fixed = shown.reduce((sum, { width }) => sum + width + (width === 0 ? 0 : GAP), 0);
  const rest = Math.max(LEAST, columns - fixed);
  const line = (textOf: (column: Column) => string) =>
    shown
      .map((column) => cell(inLanguage(textOf(column)), column.width || rest))
      .join(' '.repeat(GAP))
      .trimEnd();
  const head = [
    inLanguage(summaryText(fleet)),
    ...fitting(roundTexts(moment).map(inLanguage), columns),
    ...(fleet.closed === null ? [] : [inLanguage(`No validation is started: ${fleet.closed}`)]),
    line(({ head: text }) => text),
  ];
  const order = byUrgency(moment);
  const room = Math.max(0, rows - head.length);
  const fits = order.length <= room ? order : order.slice(0, Math.max(0, room - 1));
  const left = order.length - fits.length;
  return [
    ...head,
    ...fits.map((node) => line(({ text }) => text(node, moment))),
    ...(left === 0 || room === 0 ? [] : [inLanguage(`… and ${left} more`)]),
  ].map((text) => cutToWidth(text, columns));
}

/** Failures and missing verdicts first, then nodes in progress, then due nodes, then the others. */
function byUrgency({ fleet }: Moment): LiveNode[] {
  const bad = SEVERITY.slice(0, 2);
  const rank = ({ last, doing, isDue }: LiveNode) => {
    if (last !== null && bad.includes(last.verdict)) return 0;
    if (doing !== null) return 1;
    return isDue ? 3 : 2;
  };
  const inOrder = orderOf(fleet).map((at) => fleet.nodes[at] as LiveNode);
  return [0, 1, 2, 3].flatMap((wanted) => inOrder.filter((node) => rank(node) === wanted));
}

/** Sentences on one line, or below each other if they do not fit. */
function fitting(sentences: string[], columns: number): string[] {
  const line = sentences.join(' ').replaceAll('。 ', '。');
  return displayWidth(line) <= columns ? [line] : sentences;
}

function cell(text: string, width: number): string {
  return displayWidth(text) > width ? `${cutToWidth(text, width - 1)}…` : padToWidth(text, width);
}

function shortened(text: string): string {
  return text.replace('less than a minute', '< 1 min').replace(/ ago$/, '');
}

/** The last means as blocks of eight heights, from 0 to the largest mean. */
function blocksOf(means: (number | null)[]): string {
  const most = means.reduce<number>((highest, mean) => Math.max(highest, mean ?? 0), 1e-9);
  return means
    .slice(-12)
    .map((mean) => (mean === null ? ' ' : BLOCKS[Math.min(7, Math.floor((mean / most) * 8))]))
    .join('');
}
