import type { Colors } from 'picocolors/types.js';
import { counted } from '../text/figures.js';
import type { Examination, Examined } from './examine.js';

const MARKS = { ok: '✓', warn: '!', fail: '✗', unknown: '?' } as const;

/** The list for people: a line a finding, and what mends it below. */
export function examinationText({ findings, exitCode }: Examination, colors: Colors): string {
  const width = Math.max(0, ...findings.map(({ title }) => title.length));
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red, unknown: colors.dim };
  const lines = findings.map(({ state, title, text, advice }) => {
    const line = `${paint[state](MARKS[state])} ${title.padEnd(width)}  ${text}`;
    return advice === undefined ? line : `${line}\n  ${' '.repeat(width)}  → ${advice}`;
  });
  return [...lines, '', summary(findings, exitCode)].join('\n');
}

function summary(findings: Examined[], exitCode: number): string {
  const count = (state: Examined['state']) => findings.filter((finding) => finding.state === state).length;
  const unknown = count('unknown');
  const rest = unknown > 0 ? `; ${counted(unknown, 'thing')} not known` : '';
  if (exitCode === 3) return `not enough time before PoC${rest}`;
  if (exitCode !== 0) return `${counted(count('fail'), 'thing')} to mend${rest}`;
  return count('warn') > 0 ? `in order, with ${counted(count('warn'), 'warning')}${rest}` : `in order${rest}`;
}
