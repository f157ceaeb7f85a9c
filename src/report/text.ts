import type { Colors } from 'picocolors/types.js';
import { type Face, faceOf, nextStepOf } from '../run/face.js';
import type { MismatchReason } from '../run/observation.js';
import type {
  DecodeReport,
  Diagnosis,
  ReplicaReport,
  ThroughputReport,
  ValidateReport,
  ValidationReport,
  Weights,
} from '../run/report.js';
import { STAT_TEST_KEYS } from '../run/thresholds.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { distanceText, pValueText, replicaText } from '../text/figures.js';
import type { Summary } from '../vectors/summary.js';
import { assertionWord, failedText, inOrder, isFailed } from '../verdict/assertions.js';
import { divergenceLines } from '../verdict/divergence.js';
import { networkViewText } from '../verdict/network-view.js';
import { selfCheckSentence } from '../verdict/self-check.js';
import { nodeText, referenceNotes, vectorsText } from './format.js';
import { machineText } from './machine-text.js';
import { resumeCommand } from './repeat-command.js';

export interface TextOptions {
  /** Colours of stdout, or none for a file. */
  colors: Colors;
  /** Width of the terminal; absent: nothing is left out or wrapped. */
  columns?: number | undefined;
  /** Folder of the run's files; null: the text does not name them. */
  runFolder: string | null;
  /** From `assay judge` with other inputs: the files of the run have another result. */
  judgedAgain?: boolean;
}

/** The limits that tables keep. */
type Fitted = Pick<Terminal, 'colors' | 'columns'>;

const SHOWN_MISMATCHES = 20;

/** The summary for people: on stdout, and as `validate_report.txt`. */
export function renderText(
  report: ValidateReport,
  { colors, columns, runFolder, judgedAgain = false }: TextOptions,
): string {
  const terminal = { colors, ...(columns !== undefined && { columns }) };
  const { validation, config } = report;
  const resume = runFolder === null ? null : resumeCommand(report, runFolder);
  const sections = [
    headLines(report, colors),
    expectationLines(report, colors),
    thresholdTable(report, terminal),
    ...(validation === null
      ? []
      : [
          replicaTable(validation, report.throughput, terminal),
          validation.decode === undefined
            ? distanceTable(validation, terminal)
            : divergenceLines(validation.decode).join('\n'),
          selfCheckSentence(validation.node_self_check, config),
          mismatchTable(validation, terminal, judgedAgain ? '--json has them' : 'in validate_report.json'),
          diagnosisText(validation.diagnosis, colors),
        ]),
    [
      report.duration_s > 0
        ? `took ${report.duration_s.toFixed(1)} s against ${vectorsText(config)}`
        : `against ${vectorsText(config)}`,
      ...(report.download?.weights === undefined ? [] : [weightsText(report.download.weights)]),
      ...(runFolder === null ? [] : [`run folder: ${runFolder}`]),
    ].join('\n'),
    // Repeated at the end, since that is what a terminal shows after the run.
    [...verdictLines(report, colors), ...nextLines(report, resume)].join('\n'),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function weightsText({ repository, commit, from }: Weights): string {
  return `weights: ${repository}, ${commit === null ? 'head of the branch' : `commit ${commit} (${from})`}`;
}

function headLines(report: ValidateReport, colors: Colors): string {
  const { config, warnings } = report;
  const notes = referenceNotes(report);
  return [
    colors.dim(`mlnode-assay ${config.harness_version}: ${config.model} on ${nodeText(config)}`),
    ...verdictLines(report, colors),
    ...warnings.map((warning) => colors.yellow(`warning: ${warning}`)),
    ...(notes === null ? [] : [notes]),
  ].join('\n');
}

function verdictLines(report: ValidateReport, colors: Colors): string[] {
  const face = faceOf(report);
  const failed = failedText(report);
  return [
    `verdict: ${faceColor(face, colors)(colors.bold(face))}`,
    report.verdict_reason,
    ...(failed === null ? [] : [colors.red(failed)]),
  ];
}

/** Assertions, failures first, and the comparison of the node with itself. */
function expectationLines({ assertions = [], validation }: ValidateReport, colors: Colors): string {
  const drift = validation?.drift;
  return [
    ...inOrder(assertions).map((assertion) => {
      const line = `${assertionWord(assertion)}: ${assertion.text}`;
      return isFailed(assertion) ? colors.red(line) : line;
    }),
    ...(drift === undefined || drift.outcome === 'drift' ? [] : [`own last PASS: ${drift.text}`]),
  ].join('\n');
}

function nextLines(report: ValidateReport, resume: string | null): string[] {
  const next = nextStepOf(report);
  return [...(next === null ? [] : [`next: ${next}`]), ...(resume === null ? [] : [`go on with: ${resume}`])];
}

function faceColor(face: Face, colors: Colors): (text: string) => string {
  return {
    PASS: colors.green,
    'PASS WITH WARNINGS': colors.yellow,
    FAIL: colors.red,
    INCOMPLETE: colors.yellow,
    SKIPPED: colors.dim,
  }[face];
}

function thresholdTable({ config, validation }: ValidateReport, terminal: Fitted): string {
  const { values, source } = config.stat_test;
  const table = renderTable(
    ['threshold', 'value', 'source'],
    STAT_TEST_KEYS.map((key) => [key, String(values[key]), source[key]]),
    terminal,
  );
  if (validation === null) return table;
  const { response, first_failing_mismatch_count: failing, mismatch_rate_ci95: interval } = validation;
  const percent = (rate: number) => (100 * rate).toFixed(1);
  return [
    table,
    `mismatches ${response.n_mismatch} of ${response.n_total} (rate ${percent(interval[0])} to ${percent(interval[1])} %, 95 % interval), p-value ${pValueText(response.p_value)}, ${failing === null ? 'no limit' : `limit ${failing - 1}`}`,
    ...(validation.network_view === undefined ? [] : [networkViewText(validation.network_view)]),
  ].join('\n');
}

function replicaTable(
  { replicas, distribution, decode }: ValidationReport,
  throughput: ThroughputReport | null,
  terminal: Fitted,
): string {
  if (replicas.length === 0) return '';
  const speeds = new Map(throughput?.summary.replicas.map(({ port, mean, slow }) => [port, { mean, slow }]));
  const rows = replicas.map((replica) => {
    const speed = replica.port === null ? undefined : speeds.get(replica.port);
    return [
      replicaText(replica.port),
      `${replica.n_mismatch} of ${replica.n_total}`,
      pValueText(replica.p_value),
      ownTestText(replica, terminal.colors),
      decode === undefined ? meanAndSd(replica) : equalText(decode, replica.port),
      ...(throughput === null ? [] : [speed === undefined ? '–' : speedText(speed)]),
    ];
  });
  const measure = decode === undefined ? 'mean L2' : 'equal chains';
  const head = ['replica', 'mismatches', 'p-value', 'own test', measure];
  return [
    renderTable([...head, ...(throughput === null ? [] : ['nonces/s'])], rows, terminal, ['own test']),
    ...(decode === undefined ? [bandLine(distribution)] : []),
  ].join('\n');
}

function equalText({ replicas }: DecodeReport, port: number | null): string {
  const own = replicas.find((replica) => replica.port === port);
  return own === undefined ? '–' : `${own.equal} of ${own.compared}`;
}

function bandLine(distribution: ValidationReport['distribution']): string {
  const { band } = distribution;
  if (band === null) return 'no honest distances of this model are known';
  const machine = machineText(distribution);
  return [
    `honest nodes show L2 ${band.mean.toFixed(3)} ± ${band.sd.toFixed(3)} (${band.source})`,
    ...(machine === null ? [] : [machine]),
  ].join('\n');
}

/** A replica without answers has passed nothing. */
function ownTestText({ n_total, fraud_detected }: ReplicaReport, colors: Colors): string {
  if (n_total === 0) return colors.yellow('not tested');
  return fraud_detected ? colors.red('FAIL') : 'PASS';
}

function meanAndSd({ distances: { l2 }, far_outside }: ReplicaReport): string {
  if (l2 === null) return '–';
  return `${l2.mean.toFixed(3)} ± ${l2.sd.toFixed(3)}${far_outside ? ' (far outside)' : ''}`;
}

function speedText({ mean, slow }: { mean: number; slow: boolean }): string {
  return `${mean.toFixed(1)}${slow ? ' (slow)' : ''}`;
}

function distanceTable({ distances, replica_disagreement }: ValidationReport, terminal: Fitted): string {
  const keys: (keyof Summary)[] = ['mean', 'sd', 'min', 'p50', 'p90', 'p98', 'max'];
  const row = (name: string, summary: Summary | null) => [
    name,
    ...keys.map((key) => distanceText(summary?.[key])),
  ];
  return [
    renderTable(
      ['distance', ...keys],
      [row('L2', distances.l2), row('cosine', distances.cosine_distance)],
      terminal,
      ['min', 'p90'],
    ),
    ...(replica_disagreement === null
      ? []
      : [
          `between replicas: L2 ${distanceText(replica_disagreement.mean_l2)} on average, ${distanceText(replica_disagreement.max_l2)} at most`,
        ]),
  ].join('\n');
}

const WHY: Record<MismatchReason, string> = {
  distance: 'above the threshold',
  non_finite: 'holds NaN or infinity',
  dimension: 'of another dimension',
  undecodable: 'not a vector',
  missing: 'left out of the answer',
  conflicting: 'two different vectors',
  engine: 'a step too far from the engine',
};

function mismatchTable({ mismatches, decode }: ValidationReport, terminal: Fitted, where: string): string {
  if (mismatches.length === 0) return '';
  // Chains have no distance.
  const isMeasured = decode == null;
  const rows = mismatches
    .slice(0, SHOWN_MISMATCHES)
    .map(({ nonce, replica, l2, why }) => [
      String(nonce),
      replicaText(replica),
      ...(isMeasured ? [distanceText(l2)] : []),
      WHY[why],
    ]);
  const head = ['mismatch', 'replica', ...(isMeasured ? ['L2'] : []), 'why'];
  const rest = mismatches.length - rows.length;
  return [renderTable(head, rows, terminal), ...(rest > 0 ? [`and ${rest} more, ${where}`] : [])].join('\n');
}

function diagnosisText(diagnosis: Diagnosis[], colors: Colors): string {
  return diagnosis
    .map(({ code, message, evidence, advice }) =>
      [
        `${colors.bold(`diagnosis: ${message}`)} ${colors.dim(`[${code}]`)}`,
        `  evidence: ${evidence}`,
        `  advice:   ${advice}`,
      ].join('\n'),
    )
    .join('\n');
}
