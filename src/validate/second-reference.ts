import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { AssayError, UsageError } from '../errors.js';
import { loadGoldenByName } from '../golden/catalog.js';
import { loadGolden } from '../golden/load.js';
import type { GoldenReference } from '../golden/reference.js';
import { shownUrl } from '../http/credentials.js';
import type { ValidateConfig } from '../run/report.js';
import { schemeOf } from '../schemes/index.js';
import { vectorsSha256 } from '../schemes/vectors-sha256.js';
import type { SecondReference } from '../verdict/input.js';
import { trustedUrlOf } from './challenge.js';
import type { ValidateOptions } from './options.js';

/** The trusted node's vectors for the reference's nonces, in the run's folder. */
export const SECOND_FILE = 'second_reference.json';

/**
 * Vectors that show which side's heads of batches are wrong. A trusted node that is not asked yet has none.
 */
export interface Second {
  config: NonNullable<ValidateConfig['second_reference']>;
  /** null: the trusted node is not asked yet. */
  source: SecondReference | null;
  /** The trusted node's address; null for a file. */
  trustedUrl: string | null;
}

/**
 * The second source that the options name, checked to be for the same inputs; null where they name none.
 *
 * @param runFolder folder of a run that is resumed; it may have the trusted node's vectors already
 * @throws AssayError for a file that cannot be read, or is for other inputs
 */
export async function secondOf(
  options: ValidateOptions,
  reference: GoldenReference,
  runFolder: string | undefined,
): Promise<Second | null> {
  const { secondReference: name, challenge } = options;
  if (name === undefined) {
    if (challenge?.n !== undefined || schemeOf(reference.file).judgedBy === 'engine') return null;
    const trustedUrl = trustedUrlOf(options);
    return trustedUrl === undefined ? null : ofTrusted(trustedUrl, reference, runFolder);
  }
  if (challenge !== undefined) {
    throw new UsageError('--second-reference and --trusted-url are two seconds', {
      advice: 'give one of them',
    });
  }
  const second = await loadGoldenByName(name, options.model);
  requireSameInputs(reference, second, name);
  return {
    config: { name, path: second.path, sha256: second.sha256 },
    source: { name, vectors: second },
    trustedUrl: null,
  };
}

async function ofTrusted(
  trustedUrl: string,
  reference: GoldenReference,
  runFolder: string | undefined,
): Promise<Second> {
  const name = `the trusted node ${shownUrl(trustedUrl)}`;
  const kept = runFolder === undefined ? undefined : join(runFolder, SECOND_FILE);
  const isKept = kept !== undefined && existsSync(kept);
  return {
    config: { name, path: SECOND_FILE, sha256: reference.sha256 },
    source: isKept ? { name, vectors: await loadGolden(kept) } : null,
    trustedUrl,
  };
}

/** The reference's own request, without its vectors. */
export function questionOf(reference: GoldenReference, trustedUrl: string): GoldenReference {
  const { provenance: _recorded, notes: _notes, ...file } = reference.file;
  return {
    ...reference,
    file: { ...file, source: `second reference: computed by ${shownUrl(trustedUrl)}` },
    artifacts: [],
    vectors: ndarray(new Float32Array(0), [0, reference.vectors.shape[1] as number]),
  };
}

/**
 * The second source of a run that is read back from its folder.
 *
 * @param isOwnRun the run was made here, so the files that it names are read; of any other run only the
 *   folder is read
 * @returns null where it had none, or its file is missing or has changed
 */
export async function savedSecond(
  folder: string,
  { second_reference: second }: ValidateConfig,
  isOwnRun: boolean,
): Promise<SecondReference | null> {
  if (second === undefined) return null;
  const own = second.path === SECOND_FILE;
  if (!own && !isOwnRun) return null;
  const path = own ? join(folder, SECOND_FILE) : second.path;
  if (!existsSync(path)) return null;
  const vectors = await loadGolden(path);
  return own || vectors.sha256 === second.sha256 ? { name: second.name, vectors } : null;
}

function requireSameInputs(reference: GoldenReference, second: GoldenReference, name: string): void {
  const inputs = ['model', 'block_hash', 'public_key', 'seq_len', 'k_dim'] as const;
  const other = inputs.filter((key) => reference.file[key] !== second.file[key]);
  const nonces = new Set(reference.nonces);
  const common = second.nonces.filter((nonce) => nonces.has(nonce)).length;
  if (other.length > 0 || common === 0) {
    const what = other.length > 0 ? `of another ${other.join(', ')}` : 'for other nonces';
    throw new AssayError(`second reference ${name} is ${what} than ${reference.path}`, {
      advice: 'give one that was recorded for the same inputs, or --trusted-url URL',
    });
  }
  if (vectorsSha256(second.artifacts) === vectorsSha256(reference.artifacts)) {
    throw new AssayError(`second reference ${name} has the vectors of ${reference.path}: it adds nothing`, {
      advice: 'give one that another node recorded',
    });
  }
}
