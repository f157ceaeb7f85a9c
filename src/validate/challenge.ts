import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_BATCH_SIZE } from '../batches/plan.js';
import { AssayError, Interrupted, messageOf } from '../errors.js';
import { checkGolden, loadGolden } from '../golden/load.js';
import { pocParamsOf } from '../golden/poc-params.js';
import type { GoldenFile, GoldenReference } from '../golden/reference.js';
import { shownUrl } from '../http/credentials.js';
import { isSameEndpoint } from '../http/endpoint.js';
import type { TimeLimits } from '../http/time-limit.js';
import { parseBaseUrl } from '../http/url.js';
import { MlNodeClient } from '../mlnode/client.js';
import { identify, misnamedText } from '../mlnode/identity.js';
import { portsOf } from '../mlnode/replicas.js';
import { computedBy, disagreementOf, type Round, refuseDisagreement } from '../record/disagreement.js';
import { type RecordRequest, recordVectors } from '../record/record-vectors.js';
import { artifactOf, type Kept } from '../schemes/scheme.js';
import type { ValidateOptions } from './options.js';

/** The trusted node's vectors, in the run's folder: a reference like any other, to judge the run by again. */
export const CHALLENGE_FILE = 'challenge_reference.json';

const NONCE_BITS = 31;

export interface Challenge {
  seed: string;
  n: number;
  /** Without a trailing slash. */
  trustedUrl: string;
}

/** A seed that nobody can guess. */
export function newSeed(): string {
  return randomBytes(16).toString('hex');
}

/** A seed of its own for each round and node, from one that they share: no answer serves twice. */
export function derivedSeed(seed: string, round: string, nodeId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([seed, round, nodeId]))
    .digest('hex')
    .slice(0, 32);
}

/**
 * What a seed asks for: nonces and a block hash that no table of golden vectors holds. The same seed draws the
 * same.
 */
export function drawChallenge(seed: string, n: number): { nonces: number[]; blockHash: string } {
  const digest = (name: string) => createHash('sha256').update(`mlnode-assay ${seed} ${name}`).digest();
  const nonces = new Set<number>();
  for (let i = 0; nonces.size < n; i++) {
    nonces.add(digest(`nonce ${i}`).readUInt32BE() >>> (32 - NONCE_BITS));
  }
  return { nonces: [...nonces], blockHash: digest('block').toString('hex').toUpperCase() };
}

/** The challenge that the options ask for, checked; undefined for a validation by golden vectors. */
export function challengeOf({ challenge, mlnodeUrl }: ValidateOptions): Challenge | undefined {
  const trustedUrl = trustedUrlOf({ challenge, mlnodeUrl });
  if (challenge?.n === undefined || trustedUrl === undefined) return undefined;
  return { seed: challenge.seed ?? newSeed(), n: challenge.n, trustedUrl };
}

/** The node that the user trusts, checked to be another one; undefined where none is named. */
export function trustedUrlOf({
  challenge,
  mlnodeUrl,
}: {
  challenge?: ValidateOptions['challenge'] | undefined;
  mlnodeUrl: string;
}): string | undefined {
  if (challenge === undefined) return undefined;
  const trustedUrl = parseBaseUrl(challenge.trustedUrl, '--trusted-url');
  if (trustedUrl === parseBaseUrl(mlnodeUrl, '--mlnode-url')) throw sameNode('they have one URL');
  return trustedUrl;
}

class SameNode extends AssayError {}

/** A node that is compared with itself always agrees. */
function sameNode(why: string): SameNode {
  return new SameNode(`the trusted node is the node to be validated: ${why}`, {
    advice: 'give the --trusted-url of another node',
  });
}

/**
 * Has the trusted node compute what the challenge asks for. The thresholds, and all else but what enters the
 * vectors, stay the golden reference's.
 *
 * @param runFolder of a run that is taken up, which has the vectors already
 * @returns a reference whose vectors are the trusted node's
 */
export async function challengeReference(
  golden: GoldenReference,
  challenge: Challenge,
  options: ValidateOptions,
  runFolder: string | undefined,
  limits: TimeLimits & { note?: ((text: string) => void) | undefined },
): Promise<GoldenReference> {
  const kept = runFolder === undefined ? undefined : join(runFolder, CHALLENGE_FILE);
  if (kept !== undefined && existsSync(kept)) return challengedBy(golden, await loadGolden(kept));
  if (await isSameEndpoint(challenge.trustedUrl, options.mlnodeUrl))
    throw sameNode('both URLs lead to one address and port');
  try {
    const { file, latestRequest } = await askTrustedNode(golden.file, challenge, options, limits);
    if (await holds(latestRequest, options, limits))
      throw sameNode('it answers for a request that the trusted one was given');
    return challengedBy(golden, checkGolden(file, challenge.trustedUrl, golden.sha256));
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted || error instanceof SameNode)
      throw error;
    throw new AssayError(`the trusted node gave no vectors: ${messageOf(error)}`, {
      advice: 'see to the trusted node, or give another --trusted-url',
      exitCode: error.exitCode,
      cause: error,
    });
  }
}

/** The reference as its file holds it. */
export function challengeFile({ file, artifacts }: GoldenReference): GoldenFile {
  return { ...file, artifacts };
}

async function askTrustedNode(
  golden: GoldenReference['file'],
  { seed, n, trustedUrl }: Challenge,
  options: ValidateOptions,
  { signal, until, note }: TimeLimits & { note?: ((text: string) => void) | undefined },
): Promise<{ file: GoldenFile; latestRequest: string | undefined }> {
  const { nonces, blockHash } = drawChallenge(seed, n);
  const { patience = 1, validationBatchSize, validationTimeoutSeconds = 900 } = options;
  const node = new MlNodeClient(trustedUrl, signal, patience, until);
  await node.reach();
  const identity = await identify(node);
  const misnamed = misnamedText(identity, [golden.model, options.servedAs]);
  if (misnamed !== null) note?.(`the trusted node ${shownUrl(trustedUrl)}: ${misnamed}`);
  const { hardware } = identity;
  const batchSize = validationBatchSize ?? golden.collection_batch_size ?? DEFAULT_BATCH_SIZE;
  const { provenance: _recorded, notes: _notes, ...file } = golden;
  const asked = { ...file, block_hash: blockHash, collection_batch_size: batchSize };
  const requests: string[] = [];
  const request: RecordRequest = {
    node,
    onRequest: (id) => requests.push(id),
    params: pocParamsOf(asked),
    form: asked,
    nonces,
    batchSize,
    known: new Map(),
    timeoutSeconds: validationTimeoutSeconds,
    signal,
    onBatch() {},
  };
  const vectors = await recordVectors({ ...request, known: await ofEveryReplica(request) });
  const recorded = {
    ...asked,
    source: `challenge: computed by ${shownUrl(trustedUrl)}${hardware === null ? '' : ` on ${hardware}`}`,
    artifacts: nonces.map((nonce) => artifactOf(nonce, vectors.get(nonce) as Kept)),
  };
  return { file: recorded, latestRequest: requests.at(-1) };
}

/** L2 distance that the trusted node's replicas may be apart: of one machine and one build, they compute the same. */
const TRUSTED_APART = 0.02;

/**
 * Has every replica of the trusted node compute the first batch: one that disagrees with itself is nobody's measure.
 *
 * @returns the vectors of that batch, which need not be asked for again
 * @throws AssayError when its replicas disagree
 */
async function ofEveryReplica(request: RecordRequest): Promise<ReadonlyMap<number, Kept>> {
  const { node, nonces, batchSize, form } = request;
  const replicas = portsOf(await node.powStatus());
  if (replicas.length < 2) return new Map();
  const first = nonces.slice(0, batchSize);
  const rounds: Round[] = [];
  for (let round = 0; round < replicas.length; round++) {
    const ports = new Map<number, number>();
    const vectors = await recordVectors({
      ...request,
      nonces: first,
      computedBy: computedBy(rounds),
      onBatch(batch, replica) {
        if (replica !== null) for (const [nonce] of batch) ports.set(nonce, replica);
      },
    });
    rounds.push({ vectors, replicas: ports });
  }
  refuseDisagreement(disagreementOf(rounds, first, form, batchSize, TRUSTED_APART), TRUSTED_APART);
  return rounds[0]?.vectors ?? new Map();
}

/** Behind another address it may be the same node all the same: then it knows what was asked of the trusted one. */
async function holds(
  requestId: string | undefined,
  { mlnodeUrl, patience = 1 }: ValidateOptions,
  { signal, until }: TimeLimits,
): Promise<boolean> {
  const node = new MlNodeClient(parseBaseUrl(mlnodeUrl, '--mlnode-url'), signal, patience, until);
  return requestId !== undefined && (await node.holdsRequest(requestId));
}

/** The trusted node's vectors under the golden reference's name, from which the thresholds are. */
function challengedBy({ path, sha256 }: GoldenReference, vectors: GoldenReference): GoldenReference {
  return { ...vectors, path, sha256 };
}
