import { AssayError, messageOf } from '../errors.js';
import { shownUrl } from '../http/credentials.js';
import { maskSecrets } from '../http/mask.js';
import { faceOf, nextStepOf } from '../run/face.js';
import type { ValidateReport } from '../run/report.js';
import { warningsOf } from '../run/warnings.js';
import { gpusText } from '../text/figures.js';
import { isFailed } from '../verdict/assertions.js';
import type { FleetNode } from './fleet-file.js';
import type { NodeResult } from './model.js';

/** A node's line in the fleet's report, from the node's own report. */
export function resultOf(node: FleetNode, folder: string, report: ValidateReport): NodeResult {
  const { validation, throughput, preflight } = report;
  const replicas = throughput?.summary.replicas.length ?? 0;
  const regressions = (report.assertions ?? []).filter(isFailed).map(({ text }) => text);
  const drift = validation?.drift;
  const next = faceOf(report) === 'PASS' ? null : nextStepOf(report);
  return {
    ...named(node),
    folder,
    verdict: report.verdict,
    verdict_reason: report.verdict_reason,
    exit_code: report.exit_code,
    gpus: preflight === null || preflight.gpus.length === 0 ? null : gpusText(preflight.gpus),
    build: preflight?.version ?? null,
    n_total: validation?.response.n_total ?? null,
    n_mismatch: validation?.response.n_mismatch ?? null,
    p_value: validation?.response.p_value ?? null,
    l2_mean: validation?.distances.l2?.mean ?? null,
    l2_p98: validation?.distances.l2?.p98 ?? null,
    replica_throughput: throughput === null || replicas === 0 ? null : throughput.summary.mean / replicas,
    duration_s: report.duration_s,
    ...(next !== null && { next_step: next }),
    ...(drift && { drift: { outcome: drift.outcome, text: drift.text } }),
    ...(regressions.length > 0 && { regressions }),
    warnings: warningsOf(report).flatMap(({ about_node, text }) => (about_node ? [text] : [])),
  };
}

/** The line of a node whose run did not start, or was lost, with the reason. */
export function noResult(node: FleetNode, error: unknown): NodeResult {
  const known = error instanceof AssayError;
  return {
    ...named(node),
    folder: null,
    verdict: 'INCOMPLETE',
    verdict_reason: maskSecrets(known ? error.line : `internal error: ${messageOf(error)}`),
    exit_code: known ? error.exitCode : 1,
    gpus: null,
    build: null,
    n_total: null,
    n_mismatch: null,
    p_value: null,
    l2_mean: null,
    l2_p98: null,
    replica_throughput: null,
    duration_s: null,
  };
}

function named({ id, site, model, url }: FleetNode) {
  return { id, site, model, url: shownUrl(url) };
}
