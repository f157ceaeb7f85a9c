import { renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { durationText } from '../../text/figures.js';
import { wrapped } from '../../text/wrap.js';
import type { AcceptReport, ImageCheckResult, ImageFinding } from '../model.js';
import { type Cell, cellText, matrixOf } from './matrix.js';

/** An acceptance for a terminal: the matrix, then what did not pass with its evidence and advice. */
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
  const table = renderTable(
    ['check', 'node', ...ports.map(String), 'time'],
    rows.map(({ result, node, replicas }) => [
      result.check,
      paint(node),
      ...replicas.map(paint),
      result.outcome === 'skipped' ? '' : durationText(result.elapsed_s),
    ]),
    terminal,
  );
  const verdict = report.verdict === 'PASS' ? colors.green(report.verdict) : colors.red(report.verdict);
  return [
    wrapped(`${colors.bold(verdict)}  ${report.verdict_reason}`, terminal.width, '  '),
    '',
    table,
    ...report.checks.flatMap(troublesOf).map((line) => wrapped(line, terminal.width, '      ')),
    '',
    `run folder: ${folder}`,
  ].join('\n');
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
