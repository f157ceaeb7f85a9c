import { Warnings } from '../../page/warnings.js';
import { type Face, faceOf, nextStepOf } from '../../run/face.js';
import type { Run } from '../../run/read.js';
import { counted, gpusText, momentText } from '../../text/figures.js';
import { failedText } from '../../verdict/assertions.js';
import { referenceNotes } from '../format.js';
import { resumeCommand } from '../repeat-command.js';
import { replicaCount } from '../replica-count.js';

const SIGNS: Record<Face, string> = {
  PASS: '✓ PASS',
  'PASS WITH WARNINGS': '⚠ PASS WITH WARNINGS',
  FAIL: '✗ FAIL',
  INCOMPLETE: '… INCOMPLETE',
  SKIPPED: '– SKIPPED',
};

/** The first thing that a host reads: the verdict, its reason, and other points to note. */
export function VerdictHeader({ report, folder, observations }: Run) {
  const { config, preflight } = report;
  const resume = resumeCommand(report, folder);
  const replicas = replicaCount(report);
  const face = faceOf(report);
  const next = nextStepOf(report);
  const notes = referenceNotes(report);
  const failed = failedText(report);
  return (
    <header class={face === 'PASS WITH WARNINGS' ? 'PASS amber' : face}>
      <h1>
        <span class="verdict">{SIGNS[face]}</span>
        {config.model}
      </h1>
      <p class="reason">{report.verdict_reason}</p>
      <p class="meta">
        {config.node_id !== null && `node ${config.node_id}, `}
        {config.mlnode_url}, {momentText(report.timestamp)}
        {preflight !== null && `, ${gpusText(preflight.gpus).replaceAll(' × ', '\u00a0×\u00a0')}`}
        {replicas !== null && `, ${counted(replicas, 'replica')}`}
        {config.challenge !== undefined &&
          `, challenge of ${counted(config.challenge.n, 'nonce')} against ${config.challenge.trusted_url} (seed ${config.challenge.seed})`}
      </p>
      {failed !== null && (
        <p class="notice error">
          <strong>Regression</strong> {failed}
        </p>
      )}
      {report.error !== null && report.error !== report.verdict_reason && (
        <p class="notice error">
          <strong>Error</strong> {report.error}
        </p>
      )}
      {resume !== null && (
        <p class="notice">
          <strong>What to do</strong> remove the cause, and continue with <code>{resume}</code>
          {report.validation === null &&
            observations.length > 0 &&
            `; ${counted(observations.length, 'measurement')} are there already`}
        </p>
      )}
      {next !== null && face !== 'PASS' && (
        <p class="notice">
          <strong>Next</strong> {next}
        </p>
      )}
      <Warnings texts={report.warnings} />
      {notes !== null && <p class="notice">{notes}</p>}
    </header>
  );
}
