import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { readWhole } from '../files/read-whole.js';
import { accept } from '../schemas/accept.js';
import validateConfig from '../schemas/generated/collected-config.js';
import type { GoldenFile } from './reference.js';

/** What a collecting script writes about its run: `config.json`, or `config` inside `run_config.json`. */
interface CollectedSettings {
  model?: string;
  seq_len?: number;
  k_dim?: number;
  batch_size?: number | null;
  block_height?: number;
  node_id?: number;
  node_count?: number;
  gpu?: string | null;
  vllm_version?: string | null;
  tensor_parallel_size?: number | null;
  quantization?: string | null;
  moe_backend?: string | null;
  attention_backend?: string | null;
  startup_command?: string | null;
  timestamp?: string;
}

/** Files in which the network's scripts write how their vectors were collected. */
const BESIDE = ['config.json', 'run_config.json', 'poc_config.json'];

/**
 * Completes a recording of the network's collecting scripts (`nonces_1000.json`, `artifacts_SERVER.json`) to
 * a reference, with the values of the script's config in the same folder. A file that is a reference already,
 * or not a recording, is returned unchanged.
 *
 * @param value the file as parsed
 * @param path where it was read, to find the config in the same folder
 * @param model the model name to use, independent of the files; a different name in them is kept as
 *   `loaded_weights`
 * @param mayBeUntold lets model and seq_len stay unknown; `untold` then lists them; this is enough to measure
 *   distances
 * @throws AssayError for a recording without model or seq_len, and for a config that cannot be read
 */
export async function completeCollected(
  value: unknown,
  path: string,
  model?: string,
  mayBeUntold = false,
): Promise<unknown> {
  if (!isObject(value)) return value;
  const told = typeof value['model'] === 'string' ? value['model'] : undefined;
  if (!isCollected(value)) return value;
  const settings = await settingsBeside(path);
  const own = told ?? settings?.model;
  const name = model ?? own;
  const kDim = value['k_dim'] ?? encodedDim(value) ?? settings?.k_dim;
  const seqLen = value['seq_len'] ?? settings?.seq_len;
  const untold = [...(name === undefined ? ['model'] : []), ...(seqLen === undefined ? ['seq_len'] : [])];
  if (untold.length > 0 && !mayBeUntold) throw untoldError(path, untold);
  return {
    model: name ?? 'not known',
    seq_len: seqLen ?? 1,
    ...(kDim !== undefined && { k_dim: kDim }),
    block_hash: value['block_hash'],
    public_key: value['public_key'],
    ...(untold.length > 0 && { untold }),
    ...(own !== undefined && own !== name && { loaded_weights: own }),
    ...(isObject(value['encoding']) && { encoding: value['encoding'] }),
    ...fromSettings(settings),
    artifacts: value['artifacts'],
  };
}

function untoldError(path: string, untold: string[]): AssayError {
  const beside = BESIDE.slice(0, 2).join(' or ');
  return new AssayError(
    `reference ${path}: it does not name its ${untold.join(' and ')}, and no ${beside} in its folder does`,
    {
      advice: untold.includes('seq_len')
        ? 'put the config of the collecting script in the same folder'
        : 'give the model with --model MODEL',
    },
  );
}

/** The forms of the scripts: artifacts without a model, and a key that no reference has. */
function isCollected(value: Record<string, unknown>): boolean {
  return (
    Array.isArray(value['artifacts']) &&
    ('total_nonces' in value ||
      'server_name' in value ||
      'collected_nonce_count' in value ||
      !('model' in value))
  );
}

async function settingsBeside(path: string): Promise<CollectedSettings | null> {
  for (const name of BESIDE) {
    const file = join(dirname(path), name);
    if (!existsSync(file)) continue;
    const text = await readWhole(file).catch((error: unknown) => {
      throw unusable(`${file}: cannot be read (${messageOf(error)})`);
    });
    let value: unknown;
    try {
      value = JSON.parse(String(text));
    } catch (error) {
      throw unusable(`${file}: not JSON (${messageOf(error)})`);
    }
    const config = accept<CollectedSettings & { config?: CollectedSettings }>(validateConfig, value, file);
    return { ...config, ...config.config };
  }
  return null;
}

function unusable(message: string): AssayError {
  return new AssayError(message, { advice: 'correct it, or move it away and say the model with --model' });
}

function fromSettings(settings: CollectedSettings | null): Partial<GoldenFile> {
  if (settings === null) return {};
  const source = sourceOf(settings);
  return {
    ...(settings.block_height !== undefined && { block_height: settings.block_height }),
    ...(settings.node_id !== undefined && { node_id: settings.node_id }),
    ...(settings.node_count !== undefined && { node_count: settings.node_count }),
    ...(settings.batch_size != null && { collection_batch_size: settings.batch_size }),
    ...(source !== '' && { source }),
    ...(settings.timestamp !== undefined && { generated_at: settings.timestamp }),
  };
}

/** GPU, topology, build and backends in one line. */
function sourceOf(settings: CollectedSettings): string {
  const { gpu, tensor_parallel_size: tp, vllm_version: vllm, moe_backend: moe } = settings;
  return [
    gpu ?? '',
    tp == null ? '' : `TP=${tp}`,
    vllm ? `vLLM ${vllm}` : '',
    settings.quantization ?? '',
    moe ? `MoE ${moe}` : '',
    settings.attention_backend ? `attention ${settings.attention_backend}` : '',
    settings.startup_command ?? '',
  ]
    .filter(Boolean)
    .join(', ');
}

function encodedDim(value: Record<string, unknown>): unknown {
  return isObject(value['encoding']) ? value['encoding']['k_dim'] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
