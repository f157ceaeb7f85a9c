import { durationText, momentText } from '../../text/figures.js';
import type { AcceptReport } from '../model.js';
import { cellText, matrixOf } from './matrix.js';

/** An acceptance as Markdown: the matrix, then each check with its findings. */
export function renderAcceptMarkdown(report: AcceptReport): string {
  const { ports, rows } = matrixOf(report);
  const { version, vllm, driver, hardware } = report.node;
  return [
    `# ${report.verdict}: ${escaped(report.model)}`,
    '',
    `${escaped(report.verdict_reason)}.`,
    '',
    `${escaped(report.mlnode_url)}, ${momentText(report.timestamp)}, ${durationText(report.elapsed_s)}; node ${escaped(version ?? 'not known')}, vLLM ${escaped(vllm ?? 'not known')}, driver ${escaped(driver ?? 'not known')}, ${escaped(hardware ?? 'GPUs not known')}; assay ${report.harness_version}.`,
    '',
    row(['check', 'node', ...ports.map(String)]),
    row(['---', '---', ...ports.map(() => '---')]),
    ...rows.map(({ result, node, replicas }) =>
      row([result.check, cellText(node), ...replicas.map(cellText)]),
    ),
    ...report.checks.flatMap(({ check, title, why, reason, findings, outcome }) => [
      '',
      `## ${check}: ${escaped(title)}`,
      '',
      escaped(why),
      '',
      ...(reason === null
        ? []
        : [`- ${outcome === 'skipped' ? 'not run' : 'not known'}: ${escaped(reason)}`]),
      ...findings.map(
        ({ replica, outcome, evidence, advice }) =>
          `- **${cellText(outcome)}** ${replica === null ? 'node' : `replica ${replica}`}: ${escaped(evidence)}${advice === undefined ? '' : ` — ${escaped(advice)}`}`,
      ),
    ]),
    ...(report.warnings.length === 0
      ? []
      : ['', '## Warnings', '', ...report.warnings.map((text) => `- ${escaped(text)}`)]),
    '',
  ].join('\n');
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Texts from a node are escaped: they must not be read as markup. */
function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|#&]/g, String.raw`\$&`);
}
