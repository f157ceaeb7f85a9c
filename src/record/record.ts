import type { WeightGuard } from '../chain/weight-measured.js';
import { AssayError } from '../errors.js';
import { isTaken } from '../files/write-whole.js';
import type { GoldenFile } from '../golden/reference.js';
import { saveGolden } from '../golden/save.js';
import type { PocParams } from '../mlnode/answers.js';
import { MlNodeClient } from '../mlnode/client.js';
import { identify, misnamedText } from '../mlnode/identity.js';
import { portsOf } from '../mlnode/replicas.js';
import { findModel } from '../models/load.js';
import type { VectorForm } from '../schemes/scheme.js';
import {
  computedBy,
  type Disagreement,
  disagreementOf,
  type Round,
  refuseDisagreement,
} from './disagreement.js';
import { openPartial, type PartialRecording } from './partial.js';
import { recordVectors } from './record-vectors.js';
import { composeReference } from './reference.js';

export interface RecordOptions {
  mlnodeUrl: string;
  params: PocParams;
  nonces: number[];
  batchSize: number;
  timeoutSeconds: number;
  /** Undefined: no network node is known. */
  weightGuard?: WeightGuard | undefined;
  /** The threshold to write; undefined: that of the model file, if there is one. */
  distThreshold: number | undefined;
  source: string | undefined;
  additionalArgs: string[];
  out: string;
  /** How often all nonces are computed. */
  repeat: number;
  /** At least the number of replicas in rotation, so that each replica computes all nonces. */
  everyReplica: boolean;
  /** Largest L2 distance between the runs. */
  repeatLimit: number;
  resume: boolean;
  force: boolean;
  signal: AbortSignal;
  /** A model name that the node may report. */
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
 * Records a reference from a trusted node and writes it. Received vectors are on disk at once. A later call
 * with `resume` asks only for the rest.
 *
 * @throws AssayError when the file exists, the node serves another model, leaves something out, or disagrees
 *   with itself
 */
export async function record(options: RecordOptions): Promise<Recording> {
  const { params, nonces, batchSize, out, repeatLimit, signal } = options;
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
    const repeat = await roundsOf(options, node);
    const rounds: Round[] = [];
    for (let round = 0; round < repeat; round++) {
      rounds.push(await recordRound({ ...options, form, node, partial, round, before: rounds }));
    }
    const disagreement = repeat > 1 ? disagreementOf(rounds, nonces, form, batchSize, repeatLimit) : null;
    if (disagreement !== null) refuseDisagreement(disagreement, repeatLimit);

    const { vectors } = rounds[0] as Round;
    const known = await findModel(params.params.model);
    const file = composeReference({
      ...options,
      vectors,
      identity,
      known: known?.file ?? null,
      now: new Date(),
    });
    await saveGolden(out, file);
    await partial.remove();
    return { file, disagreement };
  } finally {
    await partial.close();
  }
}

/** How often all nonces are computed. */
async function roundsOf({ repeat, everyReplica }: RecordOptions, node: MlNodeClient): Promise<number> {
  return everyReplica ? Math.max(repeat, portsOf(await node.powStatus()).length) : repeat;
}

/**
 * One run of all nonces: each on a replica that has not computed it in earlier runs, if there is such a
 * replica.
 */
async function recordRound(
  options: RecordOptions & {
    form: VectorForm;
    node: MlNodeClient;
    partial: PartialRecording;
    round: number;
    before: Round[];
  },
): Promise<Round> {
  const { nonces, partial, round, before, onProgress } = options;
  const replicas = partial.replicasOf(round);
  let done = round * nonces.length + partial.vectorsOf(round).size;
  onProgress(done);
  const vectors = await recordVectors({
    ...options,
    known: partial.vectorsOf(round),
    ...(before.length > 0 && { computedBy: computedBy(before) }),
    onBatch(batch, replica) {
      done += batch.length;
      onProgress(done);
      if (replica !== null) for (const [nonce] of batch) replicas.set(nonce, replica);
      return partial.add(round, batch, replica);
    },
  });
  return { vectors, replicas };
}
