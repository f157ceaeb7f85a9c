import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isPipe } from '../files/pipe.js';
import { completeCollected } from '../golden/collected.js';
import { checkGolden, parseGolden, readGolden } from '../golden/load.js';
import type { GoldenFile } from '../golden/reference.js';
import { scanArtifacts } from '../golden/scan.js';

/** The fields of a reference: everything except its vectors. */
export type Parameters = Omit<GoldenFile, 'artifacts'>;

/** The vectors of one recording, ready to be compared with another's. */
export interface VectorSet {
  /** The user's name for it: a path or a URL, and the replica where a run is split. */
  label: string;
  parameters: Parameters;
  /** In the order of recording, in shared memory. */
  nonces: Float64Array<SharedArrayBuffer>;
  /**
   * float32, row after row, shape [nonces, k_dim], in shared memory; a row of NaN where the vector is
   * missing.
   */
  vectors: Float32Array<SharedArrayBuffer>;
}

/**
 * Reads a reference file, or a recording of the network's scripts: byte by byte where it has the regular
 * form, otherwise as JSON. Both ways make the same checks.
 *
 * @param model the model name to use, independent of the file
 */
export async function readVectors(path: string, model?: string): Promise<VectorSet> {
  const scanned = scanFile(path);
  if (scanned !== null) {
    const { file } = checkGolden(await completeCollected(scanned.head, path, model, true), path, '');
    return { label: path, parameters: file, nonces: scanned.nonces, vectors: scanned.vectors };
  }
  const golden = checkGolden(
    await completeCollected(parseGolden(await readGolden(path), path), path, model, true),
    path,
    '',
  );
  return { label: path, parameters: golden.file, ...shared(golden.nonces, golden.vectors.data) };
}

function scanFile(path: string): ReturnType<typeof scanArtifacts> {
  // To open a pipe may wait for ever, and what was read from it cannot be read again.
  if (isPipe(path)) return null;
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(file);
    return stats.isFile() ? scanArtifacts((target) => readSync(file, target), stats.size) : null;
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

/** Copies nonces and rows into memory that all threads share. */
export function shared(
  nonces: ArrayLike<number>,
  vectors: ArrayLike<number>,
): Pick<VectorSet, 'nonces' | 'vectors'> {
  const set = {
    nonces: new Float64Array(new SharedArrayBuffer(8 * nonces.length)),
    vectors: new Float32Array(new SharedArrayBuffer(4 * vectors.length)),
  };
  set.nonces.set(nonces);
  set.vectors.set(vectors);
  return set;
}
