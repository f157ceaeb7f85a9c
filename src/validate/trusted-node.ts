import { join } from 'node:path';
import { DEFAULT_BATCH_SIZE } from '../batches/plan.js';
import { WeightMeasured } from '../chain/weight-measured.js';
import { AssayError, Interrupted, messageOf } from '../errors.js';
import { checkGolden } from '../golden/load.js';
import { pocParamsOf } from '../golden/poc-params.js';
import type { GoldenReference } from '../golden/reference.js';
import { shownUrl } from '../http/credentials.js';
import { isSameEndpoint } from '../http/endpoint.js';
import type { TimeLimits } from '../http/time-limit.js';
import { parseBaseUrl } from '../http/url.js';
import { MlNodeClient } from '../mlnode/client.js';
import { identify, misnamedText } from '../mlnode/identity.js';
import { portsOf } from '../mlnode/replicas.js';
import {
  computedBy,
  type Disagreement,
  disagreementOf,
  type Round,
  refuseDisagreement,
} from '../record/disagreement.js';
import { openPartial, type PartialRecording, partialPath } from '../record/partial.js';
import { type RecordRequest, recordVectors } from '../record/record-vectors.js';
import { artifactOf, type Kept } from '../schemes/scheme.js';
import { challengedBy, NoMeasure, SameNode, sameNode } from './challenge.js';
import { batchOfReference } from './known.js';
import type { ValidateOptions } from './options.js';

/** The request of a challenge to the trusted node. */
export interface TrustedQuestion {
  /** Without a trailing slash. */
  trustedUrl: string;
  options: ValidateOptions;
  /** The request as a reference without vectors: see `challengeReference` and `questionOf`. */
  asked: GoldenReference;
  /** The file in the run's folder for the answer. */
  name: string;
}

/** The limits of asking, and the callbacks. */
export type Asking = TimeLimits & { note?: ((text: string) => void) | undefined };

/**
 * Asks the trusted node to compute the request of the challenge. What an earlier process received is not
 * asked for again.
 *
 * @param folder of the run, where each batch is kept as it arrives
 * @returns a reference with the trusted node's vectors
 * @throws AssayError when the node does not answer, disagrees with itself, or is the node to be validated;
 *   the vectors received so far are kept in the run's folder
 */
export async function askTrustedNode(
  question: TrustedQuestion,
  folder: string,
  limits: Asking,
): Promise<GoldenReference> {
  const { trustedUrl, options, asked, name } = question;
  if (await isSameEndpoint(trustedUrl, options.mlnodeUrl))
    throw sameNode('both URLs lead to one address and port');
  const plan = {
    params: pocParamsOf(asked.file),
    nonces: asked.nonces,
    batchSize: batchOf(asked),
  };
  const partial = await openPartial(join(folder, name), plan, 'resume');
  try {
    const { file, latestRequest } = await vectorsOf(question, partial, limits);
    if (await holds(latestRequest, options, limits))
      throw sameNode('it knows a request that was sent to the trusted node');
    return challengedBy(asked, checkGolden(file, trustedUrl, asked.sha256));
  } catch (error) {
    const isKept = partial.vectorsOf(0).size > 0 && !(error instanceof NoMeasure);
    if (!isKept) await partial.remove();
    throw failureOf(error, isKept ? folder : null, limits);
  } finally {
    await partial.close();
  }
}

/** Says what is kept, and how to resume. */
function failureOf(error: unknown, keptIn: string | null, { note }: Asking): unknown {
  const goOn = keptIn === null ? [] : [`go on with --resume ${keptIn}`];
  if (error instanceof Interrupted) {
    if (keptIn !== null) note?.(`what the trusted node has answered is kept: ${goOn}`);
    return error;
  }
  if (!(error instanceof AssayError) || error instanceof SameNode) return error;
  if (error instanceof WeightMeasured)
    return new WeightMeasured(error.message, { advice: [error.advice, ...goOn].join('; '), cause: error });
  return new AssayError(`the trusted node gave no vectors: ${messageOf(error)}`, {
    advice: ['check the trusted node, or give another --trusted-url', ...goOn].join('; '),
    exitCode: error.exitCode,
    cause: error,
  });
}

/** The file for the trusted node's vectors until all have arrived. */
export function keptPath(folder: string, name: string): string {
  return partialPath(join(folder, name));
}

function batchOf({ file }: GoldenReference): number {
  return batchOfReference(file).batch ?? DEFAULT_BATCH_SIZE;
}

async function vectorsOf(
  { trustedUrl, options, asked }: TrustedQuestion,
  partial: PartialRecording,
  { signal, until, note }: Asking,
) {
  const { patience = 1, validationTimeoutSeconds = 900, servedAs } = options;
  const { file, nonces } = asked;
  const missing = nonces.length - partial.vectorsOf(0).size;
  note?.(`asking the trusted node for ${missing} ${missing < nonces.length ? 'more ' : ''}vectors`);
  const node = new MlNodeClient(trustedUrl, signal, patience, until);
  await node.reach();
  const identity = await identify(node);
  const misnamed = misnamedText(identity, [file.model, servedAs]);
  if (misnamed !== null) note?.(`the trusted node ${shownUrl(trustedUrl)}: ${misnamed}`);
  const { hardware } = identity;
  const requests: string[] = [];
  const vectors = await allVectors(partial, {
    node,
    onRequest: (id) => requests.push(id),
    params: pocParamsOf(file),
    form: file,
    nonces,
    batchSize: batchOf(asked),
    timeoutSeconds: validationTimeoutSeconds,
    patience,
    signal,
    weightGuard: options.weightGuard,
  });
  const recorded = {
    ...file,
    source: `${file.source}${hardware === null ? '' : ` on ${hardware}`}`,
    artifacts: nonces.map((nonce) => artifactOf(nonce, vectors.get(nonce) as Kept)),
  };
  return { file: recorded, latestRequest: requests.at(-1) };
}

/**
 * Largest L2 distance between the trusted node's replicas: on one machine and one build, they compute the
 * same.
 */
const TRUSTED_APART = 0.02;

type Asked = Omit<RecordRequest, 'known' | 'onBatch'>;

/**
 * Asks every replica of the trusted node for the first batch, because a node that disagrees with itself
 * cannot be a reference. Then asks the node for the rest.
 *
 * @throws AssayError when its replicas disagree
 */
async function allVectors(partial: PartialRecording, request: Asked): Promise<ReadonlyMap<number, Kept>> {
  const { node, nonces, batchSize, form } = request;
  const replicas = portsOf(await node.powStatus());
  if (replicas.length > 1) {
    const first = nonces.slice(0, batchSize);
    const rounds: Round[] = [];
    for (let round = 0; round < replicas.length; round++)
      rounds.push(await oneRound(partial, { ...request, nonces: first }, rounds));
    requireAgreement(disagreementOf(rounds, first, form, batchSize, TRUSTED_APART));
  }
  return (await oneRound(partial, request, [])).vectors;
}

function requireAgreement(found: Disagreement): void {
  try {
    refuseDisagreement(found, TRUSTED_APART);
  } catch (error) {
    throw new NoMeasure(messageOf(error), { cause: error });
  }
}

/** One run of some nonces, each batch kept as it arrives; the first runs are part of the whole. */
async function oneRound(partial: PartialRecording, request: Asked, before: Round[]): Promise<Round> {
  const round = before.length;
  const replicas = partial.replicasOf(round);
  const vectors = await recordVectors({
    ...request,
    known: partial.vectorsOf(round),
    ...(before.length > 0 && { computedBy: computedBy(before) }),
    onBatch(batch, replica) {
      if (replica !== null) for (const [nonce] of batch) replicas.set(nonce, replica);
      return partial.add(round, batch, replica);
    },
  });
  return { vectors, replicas };
}

/**
 * Behind another address it may still be the same node. Then it knows the request that the trusted node
 * received.
 */
async function holds(
  requestId: string | undefined,
  { mlnodeUrl, patience = 1 }: ValidateOptions,
  { signal, until }: TimeLimits,
): Promise<boolean> {
  const node = new MlNodeClient(parseBaseUrl(mlnodeUrl, '--mlnode-url'), signal, patience, until);
  return requestId !== undefined && (await node.holdsRequest(requestId));
}
