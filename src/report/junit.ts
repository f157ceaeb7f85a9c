import { faceOf } from '../run/face.js';
import type { Run } from '../run/read.js';
import type { Mismatch, ReplicaReport, ThroughputReport, ValidateReport } from '../run/report.js';
import { counted, distanceText, pValueText, rateText, replicaText } from '../text/figures.js';
import { assertionWord, isFailed } from '../verdict/assertions.js';
import { divergenceLines } from '../verdict/divergence.js';
import { replicasTestedText } from '../verdict/replicas-tested.js';
import { vectorsText } from './format.js';
import { type JunitCase, type JunitSuite, junitXml } from './junit-xml.js';

/**
 * JUnit XML of one run: one suite per phase, one case per replica. A mismatch is shown where it counts: in
 * the failure of its replica, else in that of the verdict if the node as a whole is fraud, else in the
 * suite's output, since a failed case would break a build with verdict PASS.
 */
export function renderJunit({ report }: Run): string {
  const { timestamp, config } = report;
  return junitXml(suitesOf(report), {
    timestamp,
    hostname: config.node_id ?? hostOf(config.mlnode_url),
    classPrefix: config.model,
    properties: { model: config.model },
  });
}

function suitesOf(report: ValidateReport): JunitSuite[] {
  const { preflight, download, deploy, throughput } = report;
  return [
    phase('preflight', preflight?.elapsed_s),
    phase('download', download?.elapsed_s, download?.action),
    phase('deploy', deploy?.elapsed_s, deploy?.action, deploy?.note),
    throughputSuite(throughput),
    validationSuite(report),
    ...assertionSuites(report),
  ];
}

/** A phase that was done or skipped; if it ended the run, the verdict's case has the error. */
function phase(
  name: string,
  elapsedS: number | undefined,
  ...notes: (string | null | undefined)[]
): JunitSuite {
  return {
    name,
    timeS: elapsedS ?? 0,
    cases: [{ name, ...(elapsedS === undefined ? { skipped: true } : { timeS: elapsedS }) }],
    output: notes.filter((note) => note != null),
  };
}

function throughputSuite(throughput: ThroughputReport | null): JunitSuite {
  if (throughput === null) return phase('throughput', undefined);
  const { replicas } = throughput.summary;
  return {
    name: 'throughput',
    timeS: throughput.elapsed_s,
    cases: replicas.map(({ port }) => ({ name: `replica ${port}` })),
    output: replicas.map(
      ({ port, mean, slow }) =>
        `replica ${port}: ${rateText(mean)}${slow ? ', under half of the median' : ''}`,
    ),
  };
}

function validationSuite(report: ValidateReport): JunitSuite {
  const { validation, verdict } = report;
  const replicas = validation?.replicas ?? [];
  const mismatchesOf = ({ port }: ReplicaReport) =>
    (validation?.mismatches ?? []).filter(({ replica }) => replica === port);
  const elsewhere = replicas.filter(({ fraud_detected }) => !fraud_detected).flatMap(mismatchesOf);
  const countsOverall = verdict === 'FAIL' && validation?.response.fraud_detected === true;
  const label = verdict === 'PASS' ? 'tolerated' : 'mismatch';
  return {
    name: 'validation',
    timeS: validation?.elapsed_s ?? 0,
    properties: propertiesOf(report),
    cases: [
      verdictCase(report, countsOverall ? elsewhere : []),
      ...replicas.map((replica) => replicaCase(replica, mismatchesOf(replica))),
    ],
    output: [
      ...report.warnings.map((warning) => `warning: ${warning}`),
      ...(validation?.diagnosis ?? []).map(({ code, message, advice }) => `${code}: ${message}; ${advice}`),
      ...(validation?.decode === undefined ? [] : divergenceLines(validation.decode)),
      ...(countsOverall ? [] : elsewhere.map((mismatch) => `${label}: ${mismatchText(mismatch)}`)),
    ],
  };
}

/** One case per assertion; none if there are no assertions. */
function assertionSuites({ assertions = [], validation }: ValidateReport): JunitSuite[] {
  if (assertions.length === 0) return [];
  const drift = validation?.drift;
  return [
    {
      name: 'assertions',
      timeS: 0,
      cases: assertions.map((one, at) => {
        // Most readers merge two cases with the same name.
        const isTwice = assertions.findIndex(({ assertion }) => assertion === one.assertion) < at;
        const name = isTwice ? `${one.assertion} (${one.source})` : one.assertion;
        if (one.outcome === 'not_compared') return { name, skipped: true };
        if (!isFailed(one)) return { name };
        return { name, failure: { message: one.text, type: 'regression', details: one.source } };
      }),
      output: [
        ...assertions.map((one) => `${assertionWord(one)}: ${one.text}`),
        ...(drift === undefined ? [] : [`own last PASS: ${drift.text}`]),
      ],
    },
  ];
}

function verdictCase(
  { verdict, verdict_reason, error, validation }: ValidateReport,
  mismatches: Mismatch[],
): JunitCase {
  const name = 'verdict';
  if (verdict === 'SKIPPED') return { name, skipped: true };
  if (verdict === 'INCOMPLETE') return { name, error: error ?? verdict_reason };
  if (verdict === 'PASS') return { name };
  const details = [
    ...(validation?.diagnosis ?? []).map(
      ({ code, message, evidence, advice }) => `${code}: ${message} (${evidence}); ${advice}`,
    ),
    ...mismatches.map(mismatchText),
  ];
  return { name, failure: { message: verdict_reason, type: 'fraud', details: details.join('\n') } };
}

function replicaCase(replica: ReplicaReport, mismatches: Mismatch[]): JunitCase {
  const name = `replica ${replicaText(replica.port)}`;
  if (replica.n_total === 0) return { name, skipped: true };
  if (!replica.fraud_detected) return { name };
  const message = `${replica.n_mismatch} of ${counted(replica.n_total, 'nonce')} mismatch, p-value ${pValueText(replica.p_value)}`;
  return { name, failure: { message, type: 'fraud', details: mismatches.map(mismatchText).join('\n') } };
}

function mismatchText({ nonce, l2, why }: Mismatch): string {
  return `nonce ${nonce}: ${why}, L2 ${distanceText(l2)}`;
}

/** The parameters of the run, written only once. */
function propertiesOf(report: ValidateReport): Record<string, string> {
  const { config, preflight, validation } = report;
  const tested = validation?.replicas_tested;
  const { values, source } = config.stat_test;
  const properties: Record<string, string | number> = {
    harness_version: config.harness_version,
    mlnode_url: config.mlnode_url,
    model: config.model,
    reference: config.reference.path,
    ...(config.challenge && { challenge: vectorsText(config) }),
    reference_sha256: config.reference.sha256,
    dist_threshold: values.dist_threshold,
    dist_threshold_source: source.dist_threshold,
    p_mismatch: values.p_mismatch,
    p_mismatch_source: source.p_mismatch,
    fraud_threshold: values.fraud_threshold,
    fraud_threshold_source: source.fraud_threshold,
    node_version: preflight?.version ?? 'unknown',
    verdict: faceOf(report),
    verdict_reason: report.verdict_reason,
    ...(tested != null && { replicas_tested: replicasTestedText(tested) }),
  };
  for (const [key, value] of Object.entries(config.poc_params)) {
    if (key !== 'model' && value !== null) properties[`poc_${key}`] = String(value);
  }
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
