import type { ValidateConfig, ValidateReport } from './report.js';

/** The report of a run that has only begun: what is found where a kill leaves no other. */
export function newReport(config: ValidateConfig, timestamp: string): ValidateReport {
  return {
    schema_version: 1,
    verdict: 'INCOMPLETE',
    verdict_reason: 'the run has not ended, or was killed',
    exit_code: 1,
    timestamp,
    duration_s: 0,
    warnings: [],
    config,
    preflight: null,
    download: null,
    deploy: null,
    throughput: null,
    validation: null,
    error: null,
  };
}
