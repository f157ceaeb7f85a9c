import type { Artifact } from '../schemes/scheme.js';
import type { GoldenFile, GoldenReference } from './reference.js';

const KEY_ORDER: (keyof GoldenFile)[] = [
  'model',
  'loaded_weights',
  'seq_len',
  'k_dim',
  'block_hash',
  'block_height',
  'public_key',
  'node_id',
  'node_count',
  'poc_stronger_rng',
  'scheme',
  'decode',
  'decode_max_tokens',
  'max_tokens',
  'route_window',
  'dist_threshold',
  'stat_test',
  'expected_distance',
  'additional_args',
  'source',
  'notes',
  'generated_at',
  'collection_batch_size',
  'encoding',
  'provenance',
];

/** The canonical text of a reference: keys in a fixed order, one artifact per line, a newline at the end. */
export function canonicalGolden(file: GoldenFile): string {
  const head = KEY_ORDER.filter((key) => file[key] !== undefined).map(
    (key) => `  ${JSON.stringify(key)}: ${JSON.stringify(file[key])},`,
  );
  const rows = file.artifacts.map((artifact) => `    ${artifactText(artifact)}`);
  return `{\n${head.join('\n')}\n  "artifacts": [\n${rows.join(',\n')}\n  ]\n}\n`;
}

/** A loaded reference in the form of its file. */
export function fileOf({ file, artifacts }: Pick<GoldenReference, 'file' | 'artifacts'>): GoldenFile {
  return { ...file, artifacts };
}

function artifactText({ nonce, vector_b64, k_points_steps }: Artifact): string {
  const steps = k_points_steps === undefined ? '' : `,"k_points_steps":${JSON.stringify(k_points_steps)}`;
  return `{"nonce":${nonce},"vector_b64":${JSON.stringify(vector_b64)}${steps}}`;
}
