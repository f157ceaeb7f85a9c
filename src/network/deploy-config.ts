import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { artifactsFolder } from '../paths.js';
import { accept } from '../schemas/accept.js';
import validateDeployConfig from '../schemas/generated/deploy-config.js';

/** The arguments with which a model is served on a GPU class, as the network's operators published them. */
export interface DeployConfig {
  model: string;
  /** GPU class, for example `B200`. */
  gpu: string;
  /** `default` where it is not named. */
  variant?: string;
  /** Where it is from, in words. */
  source?: string;
  published?: { repository: string; file: string; commit: string | null; date?: string | null };
  /** ML nodes on one machine, each with these arguments and with ports of its own. */
  nodes?: number;
  /** vLLM arguments, one token each. */
  args: string[];
  model_override?: { hf_repo: string; hf_commit: string };
  /** Other fields of the model in the node object, sent as they are. */
  more?: Record<string, unknown>;
}

const folder = join(artifactsFolder, 'node-configs');

/**
 * The published arguments of a model on a GPU class.
 *
 * @param gpu a GPU class in any case, or a GPU's name as nodes report it: `B200`, `b200`, `NVIDIA B200`
 * @throws UsageError for an unknown GPU class or a model without arguments for it, listing the known ones
 */
export async function loadDeployConfig(model: string, gpu: string): Promise<DeployConfig> {
  const configs = await listDeployConfigs();
  const wanted = gpu.replace(/^nvidia\s+/i, '').toUpperCase();
  const ofClass = configs.filter((config) => config.gpu.toUpperCase() === wanted);
  if (ofClass.length === 0) {
    throw new UsageError(`--gpu ${gpu}: unknown GPU class`, {
      advice: `known are ${unique(configs.map((config) => config.gpu))}`,
    });
  }
  const found = ofClass.find((config) => config.model === model);
  if (found !== undefined) return found;
  const others = configs.filter((config) => config.model === model).map((config) => config.gpu);
  throw new UsageError(`no published arguments for ${model} on ${ofClass[0]?.gpu}`, {
    advice:
      others.length > 0
        ? `there are some for ${unique(others)}`
        : `models with arguments for it: ${unique(ofClass.map((config) => config.model))}`,
  });
}

async function listDeployConfigs(): Promise<DeployConfig[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const value: unknown = JSON.parse(await readFile(path, 'utf8'));
      return accept<DeployConfig>(validateDeployConfig, value, `deploy config ${path}`);
    }),
  );
}

function unique(names: string[]): string {
  return [...new Set(names)].join(', ');
}
