import XMLBuilder from 'fast-xml-builder';
import { counted, pValueText } from '../verdict/figures.js';
import { distanceText, rateText, replicaText, vectorsText } from './format.js';
import type { Mismatch, ReplicaReport, ThroughputReport, ValidateReport } from './model.js';
import type { Run } from './run-folder.js';

/** A test case before it is XML; at most one of the three outcomes, none of them is a pass. */
interface Case {
  name: string;
  timeS?: number;
  failure?: { message: string; type: string; details: string };
  error?: string;
  skipped?: boolean;
}

interface Suite {
  name: string;
  timeS: number;
  cases: Case[];
  /** What is worth reading without being a failure. */
  output: string[];
}

/**
 * JUnit XML in the strict form (attributes complete, elements in the schema's order), which Jenkins, GitLab
 * and the readers of GitHub all accept. One suite a phase, one case a replica; the mismatches of a replica
 * that fails are listed in its failure, tolerated ones in the suite's output, since a case that fails would
 * break a build whose verdict is PASS.
 */
export function renderJunit({ report }: Run): string {
  const suites = suitesOf(report).map((suite, id) => suiteElement(suite, id, report));
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressBooleanAttributes: false });
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: { testsuite: suites },
  });
}

function suitesOf(report: ValidateReport): Suite[] {
  const { preflight, download, deploy, throughput } = report;
  return [
    phase('preflight', preflight?.elapsed_s),
    phase('download', download?.elapsed_s, download?.action),
    phase('deploy', deploy?.elapsed_s, deploy?.action, deploy?.note),
    throughputSuite(throughput),
    validationSuite(report),
  ];
}

/** A phase that either was done or was skipped; where it broke the run, the verdict's case has the error. */
function phase(name: string, elapsedS: number | undefined, ...notes: (string | null | undefined)[]): Suite {
  return {
    name,
    timeS: elapsedS ?? 0,
    cases: [{ name, ...(elapsedS === undefined ? { skipped: true } : { timeS: elapsedS }) }],
    output: notes.filter((note) => note != null),
  };
}

function throughputSuite(throughput: ThroughputReport | null): Suite {
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

function validationSuite(report: ValidateReport): Suite {
  const { validation } = report;
  const replicas = validation?.replicas ?? [];
  const mismatchesOf = (port: number | null) =>
    (validation?.mismatches ?? []).filter(({ replica }) => replica === port);
  return {
    name: 'validation',
    timeS: validation?.elapsed_s ?? 0,
    cases: [
      verdictCase(report),
      ...replicas.map((replica) => replicaCase(replica, mismatchesOf(replica.port))),
    ],
    output: [
      ...report.warnings.map((warning) => `warning: ${warning}`),
      ...(validation?.diagnosis ?? []).map(({ code, message, advice }) => `${code}: ${message}; ${advice}`),
      ...replicas
        .filter(({ fraud_detected }) => !fraud_detected)
        .flatMap(({ port }) => mismatchesOf(port).map((mismatch) => `tolerated: ${mismatchText(mismatch)}`)),
    ],
  };
}

function verdictCase({ verdict, verdict_reason, error, validation }: ValidateReport): Case {
  const name = 'verdict';
  if (verdict === 'SKIPPED') return { name, skipped: true };
  if (verdict === 'INCOMPLETE') return { name, error: error ?? verdict_reason };
  if (verdict === 'PASS') return { name };
  const details = (validation?.diagnosis ?? []).map(
    ({ code, message, evidence, advice }) => `${code}: ${message} (${evidence}); ${advice}`,
  );
  return { name, failure: { message: verdict_reason, type: 'fraud', details: details.join('\n') } };
}

function replicaCase(replica: ReplicaReport, mismatches: Mismatch[]): Case {
  const name = `replica ${replicaText(replica.port)}`;
  if (!replica.fraud_detected) return { name };
  const message = `${replica.n_mismatch} of ${counted(replica.n_total, 'nonce')} mismatch, p-value ${pValueText(replica.p_value)}`;
  return { name, failure: { message, type: 'fraud', details: mismatches.map(mismatchText).join('\n') } };
}

function mismatchText({ nonce, l2, why }: Mismatch): string {
  return `nonce ${nonce}: ${why}, L2 ${distanceText(l2)}`;
}

function suiteElement({ name, timeS, cases, output }: Suite, id: number, report: ValidateReport) {
  const count = (outcome: 'failure' | 'error' | 'skipped') =>
    cases.filter((one) => one[outcome] !== undefined).length;
  return {
    '@_name': name,
    '@_package': 'mlnode-assay',
    '@_id': id,
    // The schema's form of a date has no zone; it is UTC.
    '@_timestamp': report.timestamp.slice(0, 19),
    '@_hostname': xmlText(report.config.node_id ?? hostOf(report.config.mlnode_url)),
    '@_tests': cases.length,
    '@_failures': count('failure'),
    '@_errors': count('error'),
    '@_skipped': count('skipped'),
    '@_time': timeS.toFixed(3),
    // Once is enough for the parameters; the schema asks for the element everywhere.
    properties: name === 'validation' ? { property: propertiesOf(report) } : '',
    testcase: cases.map((one) => caseElement(one, name, report.config.model)),
    'system-out': xmlText(output.join('\n')),
    'system-err': '',
  };
}

function caseElement({ name, timeS = 0, failure, error, skipped }: Case, suite: string, model: string) {
  return {
    '@_name': xmlText(name),
    '@_classname': xmlText(`${model}.${suite}`),
    '@_time': timeS.toFixed(3),
    ...(skipped && { skipped: '' }),
    ...(error !== undefined && { error: { '@_message': xmlText(error), '@_type': 'incomplete' } }),
    ...(failure !== undefined && {
      failure: {
        '@_message': xmlText(failure.message),
        '@_type': failure.type,
        '#text': xmlText(failure.details),
      },
    }),
  };
}

function propertiesOf({ config, preflight }: ValidateReport) {
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
  };
  for (const [key, value] of Object.entries(config.poc_params)) {
    if (key !== 'model' && value !== null) properties[`poc_${key}`] = String(value);
  }
  return Object.entries(properties).map(([name, value]) => ({
    '@_name': name,
    '@_value': xmlText(String(value)),
  }));
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Characters that XML 1.0 cannot hold in any form become U+FFFD. */
function xmlText(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
