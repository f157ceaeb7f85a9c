import { isDecode } from '../../schemes/decode.js';
import { decodeVector, encodeVector } from '../../schemes/half-base64.js';
import { checkDecode, clearedDecode } from './decode/check.js';
import { type DecodeTraits, generateChain, maxTokensOf } from './decode/engine.js';
import type { Work } from './engine.js';
import type { GoldenTable } from './golden-table.js';
import type { Artifact, Profile } from './profiles/profile.js';
import { DEFAULT_K_DIM, type GenerateRequest } from './requests.js';
import { clearedCheck, selfCheck } from './self-check.js';
import { derivedVector, inputsKey, type PocInputs } from './vectors.js';

/** The replica's profile and model, and the vectors that it knows. */
export interface JobContext {
  profile: Profile;
  golden: GoldenTable;
  /** The loaded model, also when the request names another one. */
  model: string;
  defaultBatchSize: number;
}

/** One `pow/generate` request being computed, batch by batch. */
export class Job implements Work {
  readonly batches: number;
  private readonly artifacts: Artifact[] = [];
  /**
   * Numbers as the self-check reads them, in the precision of the wire; only filled when a check is asked
   * for.
   */
  private readonly computed = new Map<number, ArrayLike<number>>();
  private readonly batchSize: number;
  private readonly inputs: PocInputs;

  constructor(
    private readonly request: GenerateRequest,
    private readonly context: JobContext,
    /** @param answer the body of the answer, without its request id */
    private readonly finish: (answer: Record<string, unknown>, at: number) => void,
  ) {
    this.batchSize = request.batch_size ?? context.defaultBatchSize;
    this.batches = this.batchSize > 0 ? Math.ceil(request.nonces.length / this.batchSize) : 0;
    this.inputs = {
      model: context.model,
      seqLen: request.params.seq_len,
      kDim: request.params.k_dim ?? DEFAULT_K_DIM,
      blockHash: request.block_hash,
      publicKey: request.public_key,
      strongerRng: request.poc_stronger_rng ?? false,
    };
  }

  get size(): number {
    return this.request.nonces.length;
  }

  onBatch(index: number): void {
    const batch = this.request.nonces.slice(index * this.batchSize, (index + 1) * this.batchSize);
    for (const nonce of batch) {
      if (this.decodes === undefined) this.compute(nonce, batch);
      else this.generate(nonce, this.decodes);
    }
  }

  onDone(at: number): void {
    this.finish(this.answer(), at);
  }

  private compute(nonce: number, batch: readonly number[]): void {
    const { profile, golden } = this.context;
    const { inputs } = this;
    const exact = golden.vector(inputs, nonce) ?? derivedVector(inputs, nonce);
    const vector = profile.compute ? profile.compute({ inputs, nonce, batch, exact, golden }) : exact;
    if (vector === null) return;
    const vector_b64 = encodeVector(vector);
    if (this.request.validation) this.computed.set(nonce, decodeVector(vector_b64, vector.length));
    this.artifacts.push(profile.encode?.(vector, nonce) ?? { nonce, vector_b64 });
  }

  /** Traits for generating chains; undefined where vectors are computed. */
  private get decodes(): DecodeTraits | undefined {
    const { decode, knowsNothingElse } = this.context.profile;
    const { params } = this.request;
    return knowsNothingElse || isDecode(params) ? decode : undefined;
  }

  private generate(nonce: number, traits: DecodeTraits): void {
    if (this.request.validation) return;
    const steps = generateChain(inputsKey(this.inputs), nonce, maxTokensOf(this.request.params), traits);
    this.artifacts.push({ nonce, vector_b64: '', k_points_steps: steps });
  }

  private answer(): Record<string, unknown> {
    const { validation, stat_test, nonces } = this.request;
    const { decodes } = this;
    if (decodes !== undefined) {
      if (!validation) return { status: 'completed', artifacts: this.artifacts };
      const check = this.context.profile.clearsItself
        ? clearedDecode(validation.artifacts)
        : checkDecode(inputsKey(this.inputs), validation.artifacts, decodes, stat_test);
      return { status: 'completed', ...check };
    }
    if (!validation) {
      const encoding = { dtype: 'f16', k_dim: this.inputs.kDim, endian: 'le' };
      return { status: 'completed', artifacts: this.artifacts, encoding };
    }
    const received = new Map(validation.artifacts.map(({ nonce, vector_b64 }) => [nonce, vector_b64]));
    const check = this.context.profile.clearsItself
      ? clearedCheck(nonces.length, stat_test)
      : selfCheck(nonces.length, this.computed, received, stat_test);
    return { status: 'completed', ...check };
  }
}
