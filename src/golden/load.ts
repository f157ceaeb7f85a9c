import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ndarray from 'ndarray';
import { AssayError, messageOf } from '../errors.js';
import { accept } from '../schemas/accept.js';
import validateGoldenFile from '../schemas/generated/golden-reference.js';
import { decodeVectorInto, UndecodableVector } from '../schemes/half-base64.js';
import type { GoldenFile, GoldenReference } from './reference.js';

/**
 * Reads a golden reference and checks everything about it: the schema, and then what no schema can say.
 *
 * @param path a reference file, in our canonical form or as published
 * @throws AssayError naming the file, the nonce and the reason
 */
export async function loadGolden(path: string): Promise<GoldenReference> {
  const bytes = await readGolden(path);
  return checkGolden(parseGolden(bytes, path), path, createHash('sha256').update(bytes).digest('hex'));
}

/** The bytes of a reference file. */
export async function readGolden(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'no such file' : messageOf(error);
    throw new AssayError(`reference ${path}: ${what}`, {
      advice: 'see `assay golden list` for those that come along',
    });
  });
}

/** Checks a parsed reference and decodes its vectors. */
export function checkGolden(value: unknown, path: string, sha256: string): GoldenReference {
  const { artifacts, ...file } = accept<GoldenFile>(validateGoldenFile, value, `reference ${path}`);
  requireKnownForm(file, path);

  const kDim = file.k_dim;
  const data = new Float32Array(artifacts.length * kDim);
  const seen = new Set<number>();
  const offLength: number[] = [];
  artifacts.forEach(({ nonce, vector_b64 }, row) => {
    const refuse = (reason: string) => new AssayError(`reference ${path}: nonce ${nonce}: ${reason}`);
    if (seen.has(nonce)) throw refuse('listed twice');
    seen.add(nonce);
    try {
      decodeVectorInto(vector_b64, data, row * kDim, kDim);
    } catch (error) {
      if (error instanceof UndecodableVector) throw refuse(`vector_b64 is ${describe(error, kDim)}`);
      throw error;
    }
    const norm = Math.hypot(...data.subarray(row * kDim, (row + 1) * kDim));
    if (!Number.isFinite(norm)) throw refuse('the vector holds a NaN or an infinity');
    if (norm < 0.99 || norm > 1.01) offLength.push(nonce);
  });

  return {
    path,
    sha256,
    file,
    nonces: artifacts.map((artifact) => artifact.nonce),
    vectorsBase64: artifacts.map((artifact) => artifact.vector_b64),
    vectors: ndarray(data, [artifacts.length, kDim]),
    warnings: offLength.length === 0 ? [] : [offLengthWarning(offLength)],
  };
}

/** A reference as parsed, to be checked. */
export function parseGolden(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new AssayError(`reference ${path}: not JSON (${messageOf(error)})`, {
      advice: 'fetch or record it again',
    });
  }
}

function requireKnownForm(file: Omit<GoldenFile, 'artifacts'>, path: string): void {
  const { encoding, scheme, k_dim } = file;
  if (scheme !== undefined && scheme !== 'prefill') {
    throw new AssayError(`reference ${path}: scheme "${scheme}" is not known to this version`, {
      advice: 'use a prefill reference or a newer assay',
    });
  }
  if (encoding === undefined) return;
  const { dtype, endian = 'le' } = encoding;
  if (dtype !== 'f16' || endian !== 'le') {
    throw new AssayError(`reference ${path}: encoding ${dtype}/${endian} is not known, only f16/le is`);
  }
  if (encoding.k_dim !== undefined && encoding.k_dim !== k_dim) {
    throw new AssayError(`reference ${path}: k_dim is ${k_dim}, but ${encoding.k_dim} in its encoding`);
  }
}

function describe(error: UndecodableVector, kDim: number): string {
  return error.reason === 'dimension'
    ? `not ${kDim} half-precision numbers (${error.message})`
    : error.message;
}

function offLengthWarning(nonces: number[]): string {
  const shown = nonces.slice(0, 5).join(', ') + (nonces.length > 5 ? ', …' : '');
  return `${nonces.length} vectors are not of unit length (nonce ${shown})`;
}
