import type { ValidateReport } from '../../src/run/report.js';
import { warningFields } from '../../src/run/warnings.js';
import type { JudgeInput } from '../../src/verdict/input.js';
import { judge } from '../../src/verdict/judge.js';

/** The report of a whole run whose measurements are `input`. */
export function reportOf(input: JudgeInput): ValidateReport {
  const { verdict, verdictReason, exitCode, warnings, validation } = judge(input);
  return {
    schema_version: 2,
    verdict,
    verdict_reason: verdictReason,
    exit_code: exitCode,
    timestamp: '2026-09-01T02:03:04.000Z',
    duration_s: 12.34,
    ...warningFields(warnings),
    config: {
      harness_version: '0.1.0',
      mlnode_url: 'http://127.0.0.1:8080',
      node_id: null,
      model: 'moonshotai/Kimi-K2.6',
      reference: {
        path: 'moonshotai-kimi-k2.6.json',
        sha256: '0'.repeat(64),
        source: null,
        n_vectors: input.nonces.length,
        warnings: [],
      },
      poc_params: {
        model: 'moonshotai/Kimi-K2.6',
        seq_len: 1024,
        k_dim: 12,
        block_hash: 'TEST_BLOCK',
        block_height: 100,
        public_key: 'test_pub_keys',
        node_id: 0,
        node_count: 1,
        poc_stronger_rng: null,
      },
      stat_test: input.statTest,
      honest_band: input.known?.band ?? null,
      known_distances: input.known,
      deploy: null,
      own_public_key: 'assay-0123456789abcdef',
      options: { strict: input.strict },
    },
    preflight: {
      version: '0.2.0',
      loaded_model: 'moonshotai/Kimi-K2.6',
      gpus: [{ name: 'NVIDIA B200', count: 8 }],
      replicas: [5001, 5002],
      busy_with_foreign_poc: false,
      elapsed_s: 0.1,
    },
    download: { action: 'already_downloaded', elapsed_s: 0.1 },
    deploy: { action: 'already_running', elapsed_s: 0, running_args: null, note: null },
    throughput: {
      summary: {
        mean: 54.2,
        min: 50,
        max: 56,
        replicas: [
          { port: 5001, mean: 27.2, min: 25, max: 28, slow: false },
          { port: 5002, mean: 11, min: 10, max: 12, slow: true },
        ],
      },
      samples: [{ t_s: 1, replicas: [{ port: 5001, nonces_per_second: 27.2 }] }],
      elapsed_s: 2,
    },
    validation: {
      request: {
        n_total: input.nonces.length,
        probe: 'queued',
        coverage: input.coverage,
        batch_size: null,
        concurrency: 4,
      },
      ...validation,
      elapsed_s: 8,
    },
    error: null,
  };
}
