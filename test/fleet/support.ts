import type { NodeResult } from '../../src/fleet/model.js';

/** The result of a node that passed. */
export function nodeResult(result: Partial<NodeResult> & { id: string }): NodeResult {
  return {
    site: 'default',
    model: 'test/model',
    url: 'http://10.0.0.1:8080',
    folder: `nodes/${result.id}`,
    verdict: 'PASS',
    verdict_reason: 'all 200 nonces match',
    exit_code: 0,
    gpus: '8 × NVIDIA B200',
    build: '3.0.8',
    n_total: 200,
    n_mismatch: 0,
    p_value: 1,
    l2_mean: 0.07,
    l2_p98: 0.17,
    replica_throughput: 30,
    duration_s: 60,
    ...result,
  };
}
