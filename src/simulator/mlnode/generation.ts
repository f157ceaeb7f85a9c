import { DEFAULT_K_DIM, type InitGenerateRequest } from './requests.js';

/**
 * Continuous generation on one replica. No caller reads its vectors, so they are counted and not computed.
 */
export class Generation {
  readonly startedAt = performance.now();
  endedAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly request: InitGenerateRequest,
    private readonly group: { id: number; of: number },
    private readonly batchSize: number,
    private readonly batchTimeMs: number,
    /** Time before it computes the first nonce, in milliseconds. */
    private readonly lateMs = 0,
  ) {}

  /** Its entry in `pow/status`. */
  describe(): { config: Record<string, unknown>; stats: Record<string, unknown> } {
    const { block_hash, block_height, public_key, node_id, node_count, params } = this.request;
    const elapsedMs = performance.now() - this.startedAt;
    const processed = Math.floor(Math.max(0, elapsedMs - this.lateMs) / this.batchTimeMs) * this.batchSize;
    return {
      config: {
        block_hash,
        block_height,
        public_key,
        node_id,
        node_count,
        group_id: this.group.id,
        n_groups: this.group.of,
        seq_len: params.seq_len,
        k_dim: params.k_dim ?? DEFAULT_K_DIM,
      },
      stats: {
        total_processed: processed,
        nonces_per_second: elapsedMs > 0 ? processed / (elapsedMs / 1000) : 0,
      },
    };
  }
}
