import type { GoldenReference } from '../../golden/reference.js';
import { schemeOf } from '../../schemes/index.js';
import { inputsKey, type PocInputs } from './vectors.js';

/** Batch size of the recordings of the public references, as far as is known. */
const RECORDING_BATCH_SIZE = 32;

interface Recorded {
  vectors: Map<number, Float32Array>;
  /** The recorded batch of each nonce, as a text. */
  batches: Map<number, string>;
  threshold: number | undefined;
}

/** The vectors that the simulated model computes where a reference has them. */
export class GoldenTable {
  private readonly byInputs = new Map<string, Recorded>();

  constructor(references: readonly GoldenReference[]) {
    for (const reference of references) this.byInputs.set(inputsKey(inputsOf(reference)), record(reference));
  }

  /** The reference vector, shape [kDim]; undefined where no reference has one. */
  vector(inputs: PocInputs, nonce: number): Float32Array | undefined {
    return this.byInputs.get(inputsKey(inputs))?.vectors.get(nonce);
  }

  /** Whether the nonces are one recorded batch, in the recorded order and without others. */
  isRecordedBatch(inputs: PocInputs, nonces: readonly number[]): boolean {
    const recorded = this.byInputs.get(inputsKey(inputs));
    return recorded?.batches.get(nonces[0] as number) === nonces.join();
  }

  /** The reference's distance threshold. */
  threshold(inputs: PocInputs): number | undefined {
    return this.byInputs.get(inputsKey(inputs))?.threshold;
  }
}

function inputsOf({ file }: GoldenReference): PocInputs {
  return {
    model: file.model,
    seqLen: file.seq_len,
    kDim: schemeOf(file).rowLength(file),
    blockHash: file.block_hash,
    publicKey: file.public_key,
    strongerRng: file.poc_stronger_rng ?? false,
  };
}

function record({ file, nonces, vectors }: GoldenReference): Recorded {
  const size = file.collection_batch_size ?? RECORDING_BATCH_SIZE;
  const batches = new Map<number, string>();
  for (let start = 0; start < nonces.length; start += size) {
    const batch = nonces.slice(start, start + size);
    for (const nonce of batch) batches.set(nonce, batch.join());
  }
  const kDim = schemeOf(file).rowLength(file);
  return {
    vectors: new Map(nonces.map((nonce, row) => [nonce, vectors.data.slice(row * kDim, (row + 1) * kDim)])),
    batches,
    threshold: file.dist_threshold ?? file.stat_test?.dist_threshold,
  };
}
