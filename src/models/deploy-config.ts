import { AssayError, messageOf, UsageError } from '../errors.js';
import { type CatalogFile, catalogFiles, isMeantFor, REFUSED_ADVICE } from '../files/catalog.js';
import { readWhole } from '../files/read-whole.js';
import { acceptAsIs } from '../schemas/accept.js';
import validateDeployConfig from '../schemas/generated/deploy-config.js';
import { gpuClassOf } from '../text/hardware.js';

/** How a model is served on a GPU class (`artifacts/schemas/deploy-config.schema.json`). */
export interface DeployConfig {
  /** Governance id. */
  model: string;
  /** GPU class, for example `B200`; `default` where it was published for no class. */
  gpu: string;
  /** `default` where it has no name. */
  variant?: string;
  /** Its source, in words. */
  source?: string;
  published?: { repository: string; file: string; commit: string | null; date?: string | null };
  /** ML nodes on one machine, each with these arguments and its own ports. */
  nodes?: number;
  /** vLLM arguments, one token each. */
  args: string[];
  model_override?: { hf_repo: string; hf_commit: string };
  /** Other fields of the model in the node object, sent as they are. */
  more?: Record<string, unknown>;
}

/** A deploy config of a catalogue. */
export interface FoundConfig extends CatalogFile {
  config: DeployConfig;
}

/** A deploy config that was read, or the reason why not. */
export type ListedConfig = FoundConfig | (CatalogFile & { refused: string });

export const DEFAULT_VARIANT = 'default';

/**
 * Reads every deploy config: the user's first, then those of the package. A broken file does not block the
 * others.
 */
export async function listDeployConfigs(): Promise<ListedConfig[]> {
  return Promise.all(
    (await catalogFiles('node-configs')).map(async (file) => {
      try {
        return { ...file, config: await readDeployConfig(file.path) };
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        return { ...file, refused: error.message };
      }
    }),
  );
}

/** @throws AssayError that names the file, the place in it and the reason */
export async function readDeployConfig(path: string): Promise<DeployConfig> {
  const name = `deploy config ${path}`;
  let value: unknown;
  try {
    value = JSON.parse(String(await readWhole(path)));
  } catch (error) {
    throw new AssayError(`${name}: ${messageOf(error)}`);
  }
  const config = acceptAsIs<DeployConfig>(validateDeployConfig, value, name);
  return config.gpu === DEFAULT_VARIANT ? config : { ...config, gpu: gpuClassOf(config.gpu) };
}

/**
 * How a model is served on a GPU class: the user's config where there is one, otherwise that of the package.
 *
 * @param gpu a GPU class in any case, or a GPU's name as nodes report it: `B200`, `b200`, `NVIDIA B200`
 * @throws UsageError for an unknown GPU class, model or variant, listing the known ones; AssayError for a broken file
 * of the user's for this model
 */
export async function findDeployConfig(
  model: string,
  gpu: string,
  variant: string = DEFAULT_VARIANT,
): Promise<FoundConfig> {
  const listed = await listDeployConfigs();
  const known = listed.filter((each): each is FoundConfig => 'config' in each);
  const wanted = gpu === DEFAULT_VARIANT ? gpu : gpuClassOf(gpu);
  const ofModel = known.filter(({ config }) => config.model === model);
  const fitting = ofModel.filter(({ config }) => config.gpu === wanted);
  const found = fitting.find(({ config }) => variantOf(config) === variant);
  if (found?.isOwn !== true) await requireNoneBroken(listed, model);
  if (found !== undefined) return found;
  throw notFound(model, wanted, variant, { known, ofModel, fitting });
}

/** A file that the user wrote for the model must not be ignored. */
async function requireNoneBroken(listed: ListedConfig[], model: string): Promise<void> {
  for (const each of listed) {
    if (!('refused' in each) || !each.isOwn || !(await isMeantFor(each, model))) continue;
    throw new AssayError(each.refused, {
      advice: REFUSED_ADVICE,
    });
  }
}

function notFound(
  model: string,
  gpu: string,
  variant: string,
  { known, ofModel, fitting }: Record<'known' | 'ofModel' | 'fitting', FoundConfig[]>,
): UsageError {
  const gpus = (configs: FoundConfig[]) => unique(configs.map(({ config }) => config.gpu));
  if (fitting.length > 0) {
    return new UsageError(`no variant ${variant} of the config of ${model} on ${gpu} is known`, {
      advice: `known are ${unique(fitting.map(({ config }) => variantOf(config)))}`,
    });
  }
  if (!known.some(({ config }) => config.gpu === gpu))
    return new UsageError(`unknown GPU class ${gpu}`, { advice: `known are ${gpus(known)}` });
  if (ofModel.length > 0) {
    return new UsageError(`no config of ${model} on ${gpu} is known`, {
      advice: `there are configs for ${gpus(ofModel)}`,
    });
  }
  return new UsageError(`no config of ${model} is known`, {
    advice: `models with configs for ${gpu}: ${unique(known.flatMap(({ config }) => (config.gpu === gpu ? config.model : [])))}; for your own model: assay catalog add FILE`,
  });
}

export function variantOf({ variant = DEFAULT_VARIANT }: DeployConfig): string {
  return variant;
}

/**
 * The revision of a model that its configs pin, for a node that has its weights only under that commit; null
 * where none is known, or they differ.
 */
export async function pinnedCommit(model: string): Promise<string | null> {
  const listed = await listDeployConfigs();
  const commits = listed.flatMap((each) => {
    if (!('config' in each) || each.config.model !== model || each.config.model_override !== undefined)
      return [];
    const place = each.config.args.lastIndexOf('--revision');
    return place < 0 ? [] : [each.config.args[place + 1] ?? ''];
  });
  const [first, ...others] = new Set(commits);
  return first !== undefined && others.length === 0 && /^[0-9a-f]{40}$/.test(first) ? first : null;
}

/** The source of a config: `published at 699561b (gonka-ai/gonka, node-config-glm53flash-H100.json)`. */
export function configOrigin({ config, isOwn, path }: FoundConfig): string {
  const { published, source } = config;
  const words = [
    ...(isOwn ? [`your catalogue's ${path}`] : []),
    ...(source === undefined ? [] : [source]),
    ...(published === undefined ? [] : [publishedText(published)]),
  ];
  return words.length === 0 ? path : words.join(', ');
}

function publishedText({ repository, file, commit, date }: NonNullable<DeployConfig['published']>): string {
  const at = commit === null ? 'published' : `published at ${commit.slice(0, 7)}`;
  const on = date === null || date === undefined ? '' : ` on ${date}`;
  return `${at}${on} (${repository}, ${file})`;
}

function unique(names: string[]): string {
  return [...new Set(names)].join(', ');
}
