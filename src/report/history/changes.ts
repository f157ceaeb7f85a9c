import type { ValidateReport } from '../../run/report.js';
import { gpusText } from '../../text/figures.js';
import { replicaCount } from '../replica-count.js';

/**
 * Facts that can explain why two runs of a node differ: versions, hardware, arguments, reference, thresholds.
 */
export function changesBetween(old: RunFacts, now: RunFacts): string[] {
  return Object.keys(now)
    .filter((name) => old[name] !== now[name])
    .map((name) => `${name}: ${old[name]} → ${now[name]}`);
}

/** Facts of a run about the node and the validation, by name. */
export type RunFacts = Record<string, string | number>;

export function factsOf(report: ValidateReport): RunFacts {
  const { config, preflight, deploy } = report;
  const { dist_threshold, p_mismatch, fraud_threshold } = config.stat_test.values;
  const args = deploy?.running_args ?? config.deploy?.args.map(({ value }) => value);
  return {
    'node version': preflight?.version ?? 'not known',
    GPUs: preflight === null ? 'not known' : gpusText(preflight.gpus),
    replicas: replicaCount(report) ?? 'not known',
    arguments: args?.join(' ') ?? 'not known',
    reference: config.reference.sha256.slice(0, 12),
    dist_threshold,
    p_mismatch,
    fraud_threshold,
    'assay version': config.harness_version,
  };
}
