import type { Colors } from 'picocolors/types.js';
import { counted } from '../text/figures.js';
import { inLanguage } from '../text/language.js';
import { displayWidth, padToWidth } from '../text/width.js';
import { wrapped } from '../text/wrap.js';
import type { Examination, Examined } from './examine.js';

const MARKS = { ok: '✓', warn: '!', fail: '✗', unknown: '?' } as const;

/**
 * The list for people: each finding, and its fix below.
 *
 * @param columns of the terminal; null: lines are not wrapped
 */
export function examinationText(
  { findings, exitCode }: Examination,
  colors: Colors,
  columns: number | null = null,
): string {
  const width = Math.max(0, ...findings.map(({ title }) => displayWidth(inLanguage(title))));
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red, unknown: colors.dim };
  const indent = ' '.repeat(width + 4);
  // The text has its own column, if there is room for it.
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(30, columns - indent.length);
  const cell = (mark: string, text: string) =>
    wrapped(`${mark}${inLanguage(text)}`, room, '').replaceAll('\n', `\n${indent}`);
  const lines = findings.map(({ state, title, text, advice }) => {
    const line = `${paint[state](MARKS[state])} ${padToWidth(inLanguage(title), width)}  ${cell('', text)}`;
    return advice === undefined ? line : `${line}\n${indent}${cell('→ ', advice)}`;
  });
  return [...lines, '', inLanguage(summary(findings, exitCode))].join('\n');
}

function summary(findings: Examined[], exitCode: number): string {
  const count = (state: Examined['state']) => findings.filter((finding) => finding.state === state).length;
  const unknown = count('unknown');
  const rest = unknown > 0 ? `; ${counted(unknown, 'thing')} not known` : '';
  const order = unknown > 0 ? 'in order as far as known' : 'in order';
  if (exitCode === 3) return `not enough time before PoC${rest}`;
  if (exitCode !== 0) return `${counted(count('fail'), 'thing')} to fix${rest}`;
  return count('warn') > 0 ? `${order}, with ${counted(count('warn'), 'warning')}${rest}` : `${order}${rest}`;
}
