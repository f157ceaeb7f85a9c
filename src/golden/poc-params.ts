import type { PocParams } from '../mlnode/answers.js';
import { schemeOf } from '../schemes/index.js';
import type { GoldenReference } from './reference.js';

/** The parameters of a PoC request for this reference. */
export function pocParamsOf(file: GoldenReference['file']): PocParams {
  return {
    block_hash: file.block_hash,
    block_height: file.block_height ?? 0,
    public_key: file.public_key,
    node_id: file.node_id ?? 0,
    node_count: file.node_count ?? 1,
    params: { model: file.model, seq_len: file.seq_len, ...schemeOf(file).requestParams(file) },
    ...(file.poc_stronger_rng !== undefined && { poc_stronger_rng: file.poc_stronger_rng }),
  };
}
