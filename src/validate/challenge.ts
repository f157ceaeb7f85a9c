import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { DEFAULT_BATCH_SIZE } from '../batches/plan.js';
import { AssayError } from '../errors.js';
import { loadGolden } from '../golden/load.js';
import type { GoldenFile, GoldenReference } from '../golden/reference.js';
import { shownUrl } from '../http/credentials.js';
import { parseBaseUrl } from '../http/url.js';
import type { ValidateOptions } from './options.js';

/**
 * The trusted node's vectors, in the run's folder: a reference like any other, with which the run can be
 * judged again.
 */
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

/** Each round and node gets its own seed, derived from a shared seed: no answer can be used twice. */
export function derivedSeed(seed: string, round: string, nodeId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([seed, round, nodeId]))
    .digest('hex')
    .slice(0, 32);
}

/**
 * The request that a seed defines: nonces and a block hash that are in no table of golden vectors. The same
 * seed always gives the same request.
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
  if (trustedUrl === parseBaseUrl(mlnodeUrl, '--mlnode-url')) throw sameNode('both have the same URL');
  return trustedUrl;
}

/** Errors of the trusted node that make its answer useless for a measurement, whatever follows. */
export class NoMeasure extends AssayError {}

/** A node that is compared with itself always agrees with itself. */
export class SameNode extends NoMeasure {}

export function sameNode(why: string): SameNode {
  return new SameNode(`the trusted node is the node to be validated: ${why}`, {
    advice: 'give the --trusted-url of another node',
  });
}

/**
 * The request and thresholds for the trusted node, as far as they are known before it answers. Only the
 * fields that enter the vectors change; the thresholds and all other fields stay those of the golden
 * reference.
 *
 * @param runFolder folder of a run that is resumed; it may have the vectors already
 * @returns a reference with the trusted node's vectors, or with none yet
 */
export async function challengeReference(
  golden: GoldenReference,
  challenge: Challenge,
  options: ValidateOptions,
  runFolder: string | undefined,
): Promise<GoldenReference> {
  const kept = runFolder === undefined ? undefined : join(runFolder, CHALLENGE_FILE);
  if (kept !== undefined && existsSync(kept)) return challengedBy(golden, await loadGolden(kept));
  const { nonces, blockHash } = drawChallenge(challenge.seed, challenge.n);
  return {
    ...golden,
    file: {
      ...askedOfTrusted(golden.file, blockHash, options.validationBatchSize),
      source: `challenge: computed by ${shownUrl(challenge.trustedUrl)}`,
    },
    nonces,
    artifacts: [],
    vectors: ndarray(new Float32Array(0), [0, golden.vectors.shape[1] as number]),
  };
}

/**
 * The request to a trusted node: the golden reference's request for another block, with the reference's
 * thresholds.
 */
export function askedOfTrusted(
  golden: GoldenReference['file'],
  blockHash: string,
  validationBatchSize: number | undefined,
) {
  const { provenance: _recorded, notes: _notes, ...file } = golden;
  const batchSize = validationBatchSize ?? golden.collection_batch_size ?? DEFAULT_BATCH_SIZE;
  return { ...file, block_hash: blockHash, collection_batch_size: batchSize };
}

/** The trusted node's vectors under the name of the golden reference, because the thresholds come from it. */
export function challengedBy({ path, sha256 }: GoldenReference, vectors: GoldenReference): GoldenReference {
  return { ...vectors, path, sha256 };
}

/** The reference as its file has it. */
export function challengeFile({ file, artifacts }: GoldenReference): GoldenFile {
  return { ...file, artifacts };
}
