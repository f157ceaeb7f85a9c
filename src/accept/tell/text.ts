import { renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { durationText } from '../../text/figures.js';
import { inLanguage } from '../../text/language.js';
import { displayWidth } from '../../text/width.js';
import { wrapped } from '../../text/wrap.js';
import type { AcceptReport, ImageCheckResult, ImageFinding } from '../model.js';
import { type Cell, cellText, matrixOf } from './matrix.js';
import { resumeAcceptCommand } from './resume-command.js';

/** An acceptance for a terminal: the matrix, then the checks that did not pass, with evidence and advice. */
export function renderAcceptText(
  report: AcceptReport,
  folder: string,
  terminal: Pick<Terminal, 'colors' | 'width'>,
): string {
  const { colors } = terminal;
  const { ports, rows } = matrixOf(report);
  const paint = (cell: Cell) => {
    const text = cellText(cell);
    if (cell === 'fail') return colors.red(text);
    return cell === 'pass' ? colors.green(text) : cell === 'unknown' ? colors.yellow(text) : text;
  };
  const tables = (count: number): string[] =>
    parts(ports, count).map((part) =>
      renderTable(
        ['check', 'node', ...part.map(String), 'time'],
        rows.map(({ result, node, replicas }) => [
          result.check,
          paint(node),
          ...part.map((port) => paint(replicas[ports.indexOf(port)] ?? null)),
          result.outcome === 'skipped' ? '' : durationText(result.elapsed_s),
        ]),
        terminal,
      ),
    );
  const table = fitting(tables, ports.length, terminal.width).join('\n\n');
  const verdict = report.verdict === 'PASS' ? colors.green(report.verdict) : colors.red(report.verdict);
  return [
    wrapped(`${colors.bold(verdict)}  ${inLanguage(report.verdict_reason)}`, terminal.width, '  '),
    '',
    table,
    ...report.checks.flatMap(troublesOf).map((line) => wrapped(inLanguage(line), terminal.width, '      ')),
    '',
    `run folder: ${folder}`,
    ...(report.verdict === 'INCOMPLETE' ? [`go on with: ${resumeAcceptCommand(folder)}`] : []),
  ].join('\n');
}

/** As many replica columns as fit the terminal. */
function fitting(tables: (count: number) => string[], most: number, width: number): string[] {
  for (let count = most; count > 1; count--) {
    const drawn = tables(count);
    const isNarrow = drawn.every((table) => table.split('\n').every((line) => displayWidth(line) <= width));
    if (isNarrow) return drawn;
  }
  return tables(1);
}

/** A list in parts of this size; an empty list has one empty part. */
function parts(list: number[], count: number): number[][] {
  if (list.length === 0) return [[]];
  return Array.from({ length: Math.ceil(list.length / count) }, (_, at) =>
    list.slice(at * count, (at + 1) * count),
  );
}

function troublesOf(result: ImageCheckResult): string[] {
  const { check, title, why, outcome, reason, findings } = result;
  if (outcome === 'pass') return [];
  const head = ['', `${check}: ${title}`];
  if (outcome === 'skipped') return reason?.startsWith('left out') ? [] : [...head, `  not run: ${reason}`];
  if (findings.length === 0) return [...head, `  not known: ${reason}`];
  return [
    ...head,
    `  why it matters: ${why}`,
    ...findings.filter((finding) => finding.outcome !== 'pass').flatMap(findingLines),
  ];
}

function findingLines({ replica, outcome, evidence, advice }: ImageFinding): string[] {
  const who = replica === null ? 'node' : `replica ${replica}`;
  const word = outcome === 'fail' ? 'FAIL' : 'not known';
  return [`  ${word}: ${who}: ${evidence}`, ...(advice === undefined ? [] : [`    ${advice}`])];
}
