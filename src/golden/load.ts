import { createHash } from 'node:crypto';
import ndarray from 'ndarray';
import { AssayError, messageOf } from '../errors.js';
import { readWhole } from '../files/read-whole.js';
import { accept } from '../schemas/accept.js';
import validateGoldenFile from '../schemas/generated/golden-reference.js';
import { findScheme } from '../schemes/index.js';
import type { Scheme } from '../schemes/scheme.js';
import { nonceList } from '../text/figures.js';
import { completeCollected } from './collected.js';
import type { GoldenFile, GoldenReference } from './reference.js';

/**
 * Reads a golden reference and checks all of it: the schema, and then the rules that a schema cannot express.
 *
 * @param path a reference file, in our canonical form or as published, or a recording of the network's scripts
 * @param model the model name to use, independent of the file; the file's name is kept as `loaded_weights`
 * @throws AssayError that names the file, the nonce and the reason
 */
export async function loadGolden(path: string, model?: string): Promise<GoldenReference> {
  const bytes = await readGolden(path);
  const parsed = parseGolden(bytes, path);
  const value = await completeCollected(parsed, path, model);
  const golden = checkGolden(value, path, createHash('sha256').update(bytes).digest('hex'));
  return value === parsed ? golden : { ...golden, completed: true };
}

/** The bytes of a reference file. */
export async function readGolden(path: string): Promise<Buffer> {
  return readWhole(path).catch((error: unknown) => {
    throw new AssayError(`reference ${path}: ${messageOf(error)}`, {
      advice: 'see `assay golden list` for the known ones',
    });
  });
}

/** Checks a parsed reference and decodes its vectors. */
export function checkGolden(value: unknown, path: string, sha256: string): GoldenReference {
  const { artifacts, ...file } = accept<GoldenFile>(validateGoldenFile, value, `reference ${path}`);
  const scheme = requireKnownScheme(file, path);

  const length = scheme.rowLength(file);
  const data = new Float32Array(artifacts.length * length);
  const seen = new Set<number>();
  const odd: { nonce: number; oddity: string }[] = [];
  artifacts.forEach((artifact, index) => {
    const { nonce } = artifact;
    const refuse = (reason: string) => new AssayError(`reference ${path}: nonce ${nonce}: ${reason}`);
    if (seen.has(nonce)) throw refuse('listed twice');
    seen.add(nonce);
    const { finding, detail } = scheme.read(artifact, data, index * length, length);
    if (finding !== 'vector') throw refuse(detail);
    const oddity = scheme.oddity(data.subarray(index * length, (index + 1) * length));
    if (oddity !== null) odd.push({ nonce, oddity });
  });

  return {
    path,
    sha256,
    file,
    nonces: artifacts.map(({ nonce }) => nonce),
    artifacts,
    vectors: ndarray(data, [artifacts.length, length]),
    warnings: oddityWarnings(odd),
  };
}

/** A reference as parsed, not checked yet. */
export function parseGolden(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new AssayError(`reference ${path}: not JSON (${messageOf(error)})`, {
      advice: 'fetch or record it again',
    });
  }
}

function requireKnownScheme(file: Omit<GoldenFile, 'artifacts'>, path: string): Scheme {
  const scheme = findScheme(file);
  if (scheme === undefined) {
    throw new AssayError(`reference ${path}: scheme "${file.scheme}" is not known to this version`, {
      advice: 'use a prefill reference or a newer assay',
    });
  }
  const refusal = scheme.refusal(file);
  if (refusal !== null) throw new AssayError(`reference ${path}: ${refusal}`);
  return scheme;
}

function oddityWarnings(odd: { nonce: number; oddity: string }[]): string[] {
  return [...new Set(odd.map(({ oddity }) => oddity))].map((oddity) => {
    const nonces = odd.filter((entry) => entry.oddity === oddity).map(({ nonce }) => nonce);
    return nonces.length === 1
      ? `1 vector is ${oddity} (nonce ${nonceList(nonces)})`
      : `${nonces.length} vectors are ${oddity} (nonce ${nonceList(nonces)})`;
  });
}
