import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AssayError } from '../../src/errors.js';
import { completeCollected } from '../../src/golden/collected.js';
import { checkGolden, parseGolden, readGolden } from '../../src/golden/load.js';
import type { GoldenFile, GoldenReference } from '../../src/golden/reference.js';
import type { Difference } from '../../src/models/model-file.js';
import { schemeOf } from '../../src/schemes/index.js';
import { hardwareOf } from '../../src/text/hardware.js';
import { l2Distance } from '../../src/vectors/distance.js';

/** What a folder of recordings says of one of them. */
export interface Label {
  label: 'honest' | 'fraud' | 'unknown';
  /** First places of its engine's batches that are wrong. */
  heads?: { period: number; count: number };
}

/** `labels.json`: the model of a folder of recordings, its thresholds, and what each of them is. */
export interface Labels {
  model: string;
  thresholds: { dist_threshold: number; p_mismatch: number; fraud_threshold: number };
  recordings: Record<string, Label>;
}

/** One public recording with its label. */
export interface Recording {
  /** `minimax-m2.7/4xh100-vllm0.19` */
  name: string;
  labels: Labels;
  label: Label;
  golden: GoldenReference;
  settings: RecordingSettings;
}

interface RecordingSettings {
  gpu: string | undefined;
  build: string | undefined;
  topology: string | undefined;
  batch: number | null | undefined;
  date: string | undefined;
}

/**
 * All recordings under a folder: every subfolder with a `labels.json` that names the folders of recordings in it.
 *
 * @param tell told of a recording that is not there, or cannot be read: it is left out
 */
export async function readRecordings(
  folder: string,
  tell: (text: string) => void = (text) => console.error(text),
): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const family of foldersWithLabels(folder)) {
    const labels = JSON.parse(readFileSync(join(family, 'labels.json'), 'utf8')) as Labels;
    for (const [name, label] of Object.entries(labels.recordings)) {
      const file = recordingFile(join(family, name));
      const golden =
        file === null
          ? `${join(family, name)}: no nonces or artifacts in it`
          : await read(file, labels.model);
      if (typeof golden === 'string') {
        tell(golden);
        continue;
      }
      recordings.push({
        name: `${basename(family)}/${name}`,
        labels,
        label,
        golden,
        settings: settingsOf(name, golden),
      });
    }
  }
  return recordings;
}

/** A recording with the vectors that are some: one that came out as NaN was not recorded. Else why it cannot be read. */
async function read(path: string, model: string): Promise<GoldenReference | string> {
  try {
    const value = (await completeCollected(
      parseGolden(await readGolden(path), path),
      path,
      model,
      true,
    )) as GoldenFile;
    const length = value.k_dim ?? 0;
    const row = new Float32Array(length);
    if (!Array.isArray(value.artifacts)) return `${path}: it has no list of artifacts`;
    const artifacts = value.artifacts.filter(
      (artifact) => schemeOf(value).read(artifact, row, 0, length).finding === 'vector',
    );
    return checkGolden({ ...value, artifacts }, path, '');
  } catch (error) {
    if (error instanceof AssayError) return error.line;
    throw error;
  }
}

function foldersWithLabels(folder: string): string[] {
  if (existsSync(join(folder, 'labels.json'))) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .filter((path) => existsSync(join(path, 'labels.json')))
    .sort();
}

function recordingFile(folder: string): string | null {
  if (!existsSync(folder)) return null;
  const name = readdirSync(folder)
    .sort()
    .find((one) => /^(nonces|artifacts).*\.json$/.test(one));
  return name === undefined ? null : join(folder, name);
}

/** What the collecting script and the folder's name (`4xh100-vllm0.20`) tell of the machine. */
function settingsOf(name: string, { file }: GoldenReference): RecordingSettings {
  const source = file.source ?? '';
  const [told, named] = [hardwareOf(source), hardwareOf(name.replaceAll('-', ' '))];
  const count = named.count ?? told.count;
  const tp = told.tp ?? named.tp ?? (count !== undefined && named.pp === undefined ? count : undefined);
  return {
    gpu: told.gpu ?? named.gpu,
    build: [/vLLM ([\w.+-]+)/.exec(source)?.[1], /(?:trtllm|flashinfer)/i.exec(name)?.[0]]
      .filter(Boolean)
      .join(' '),
    topology:
      `${tp === undefined ? '' : `TP${tp}`}${named.pp === undefined ? '' : `PP${named.pp}`}` || undefined,
    batch: file.collection_batch_size,
    date: file.generated_at?.slice(0, 10),
  };
}

/** What is known to differ between the machines of two recordings. */
export function differencesOf(a: Recording, b: Recording): Difference[] {
  const differs = (key: 'gpu' | 'build' | 'topology' | 'batch') =>
    a.settings[key] !== b.settings[key] || a.settings[key] === undefined;
  return [
    ...(differs('batch') ? (['batch'] as const) : []),
    ...(differs('build') ? (['build'] as const) : []),
    ...(differs('topology') ? (['topology'] as const) : []),
    ...(differs('gpu') ? (['gpu_class'] as const) : []),
  ];
}

/** Two recordings of one folder can be compared when they were asked the same. */
export function comparable(a: Recording, b: Recording): boolean {
  const [x, y] = [a.golden.file, b.golden.file];
  const isUntold = [x, y].some(({ untold = [] }) => untold.includes('seq_len'));
  return (
    a.labels === b.labels &&
    x.block_hash === y.block_hash &&
    x.public_key === y.public_key &&
    (isUntold || x.seq_len === y.seq_len) &&
    x.k_dim === y.k_dim
  );
}

/** A nonce of a reference, and how far the other's vector for it is away. */
export interface PairRow {
  /** Place in the reference. */
  place: number;
  nonce: number;
  l2: number;
}

/** L2 distances over the nonces that both have, in the order of the first. */
export function pairRows(a: GoldenReference, b: GoldenReference): PairRow[] {
  const rowOf = new Map(b.nonces.map((nonce, row) => [nonce, row]));
  return a.nonces.flatMap((nonce, place) => {
    const row = rowOf.get(nonce);
    if (row === undefined) return [];
    const l2 = l2Distance(vectorOf(a, place), vectorOf(b, row));
    return l2 === null ? [] : [{ place, nonce, l2 }];
  });
}

function vectorOf({ vectors }: GoldenReference, row: number): Float32Array {
  const kDim = vectors.shape[1] as number;
  return vectors.data.subarray(row * kDim, (row + 1) * kDim);
}
