import { AssayError } from '../errors.js';
import { isTaken } from '../files/write-whole.js';
import type { GoldenFile } from '../golden/reference.js';
import { saveGolden } from '../golden/save.js';
import type { PocParams } from '../mlnode/answers.js';
import { MlNodeClient } from '../mlnode/client.js';
import { identify, misnamedText } from '../mlnode/identity.js';
import type { Kept, VectorForm } from '../schemes/scheme.js';
import { type Disagreement, disagreementOf, refuseDisagreement } from './disagreement.js';
import { openPartial } from './partial.js';
import { recordVectors } from './record-vectors.js';
import { composeReference } from './reference.js';

export interface RecordOptions {
  mlnodeUrl: string;
  params: PocParams;
  nonces: number[];
  batchSize: number;
  timeoutSeconds: number;
  distThreshold: number;
  source: string | undefined;
  additionalArgs: string[];
  out: string;
  /** How often all nonces are computed. */
  repeat: number;
  /** L2 distance that the runs may be apart. */
  repeatLimit: number;
  resume: boolean;
  force: boolean;
  signal: AbortSignal;
  /** A name that the node is expected to say of the model. */
  servedAs?: string | undefined;
  onWarning(text: string): void;
  /** Nonces recorded so far, over all runs. */
  onProgress(done: number): void;
}

export interface Recording {
  file: GoldenFile;
  /** null for a single run. */
  disagreement: Disagreement | null;
}

/**
 * Records a reference from a trusted node and writes it. What has come is on disk at once, and a later call
 * with `resume` asks for the rest only.
 *
 * @throws AssayError when the file is there, the node is of another model, leaves something out, or disagrees
 *   with itself
 */
export async function record(options: RecordOptions): Promise<Recording> {
  const { params, nonces, batchSize, out, repeat, repeatLimit, signal } = options;
  if (isTaken(out) && !options.force) {
    throw new AssayError(`${out} is there already`, {
      advice: 'give another --out, or --force to replace it',
    });
  }
  const node = new MlNodeClient(options.mlnodeUrl, signal);
  await node.reach();
  const identity = await identify(node);
  const misnamed = misnamedText(identity, [params.params.model, options.servedAs]);
  if (misnamed !== null) options.onWarning(misnamed);

  const form: VectorForm = params.params;
  const mode = options.resume ? 'resume' : options.force ? 'over' : 'fresh';
  const partial = await openPartial(out, { params, nonces, batchSize }, mode);
  try {
    const rounds: Map<number, Kept>[] = [];
    for (let round = 0; round < repeat; round++) {
      let done = round * nonces.length + partial.vectorsOf(round).size;
      options.onProgress(done);
      const vectors = await recordVectors({
        node,
        params,
        form,
        nonces,
        batchSize,
        known: partial.vectorsOf(round),
        timeoutSeconds: options.timeoutSeconds,
        signal,
        onBatch(batch) {
          done += batch.length;
          options.onProgress(done);
          return partial.add(round, batch);
        },
      });
      rounds.push(vectors);
    }
    const disagreement = repeat > 1 ? disagreementOf(rounds, nonces, form, batchSize, repeatLimit) : null;
    if (disagreement !== null) refuseDisagreement(disagreement, repeatLimit);

    const vectors = rounds[0] as Map<number, Kept>;
    const file = composeReference({ ...options, vectors, identity, now: new Date() });
    await saveGolden(out, file);
    await partial.remove();
    return { file, disagreement };
  } finally {
    await partial.close();
  }
}
