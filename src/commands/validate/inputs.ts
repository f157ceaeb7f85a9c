import { findGovernanceModel } from '../../chain/models.js';
import { findNodeUrl } from '../../chain/node-url.js';
import { type WeightGuard, weightGuard } from '../../chain/weight-measured.js';
import { AssayError, UsageError } from '../../errors.js';
import { findGolden, loadGoldenByName } from '../../golden/catalog.js';
import { shownUrl } from '../../http/credentials.js';
import { maskSecrets } from '../../http/mask.js';
import { parseBaseUrl } from '../../http/url.js';
import { configOrigin, findDeployConfig } from '../../models/deploy-config.js';
import { findAdminUrl } from '../../network/admin-client.js';
import { listedArgs } from '../../network/listed-args.js';
import { readNodeConfig } from '../../network/node-config.js';
import type { ModelOverride, NodeObject } from '../../network/node-object.js';
import { addressOf, parseReach, type Reach, reachAdvice, requireReachOf } from '../../network/reach.js';
import { canonicalFlag, setArg } from '../../network/serve-args.js';
import type { StatTestLayer } from '../../run/thresholds.js';
import { schemeOf } from '../../schemes/index.js';
import { newSeed } from '../../validate/challenge.js';
import type { ValidateOptions } from '../../validate/options.js';
import type { ArgsOf } from '../command.js';
import { expectationsOf } from './expectations.js';
import type { validateFlags } from './flags.js';

/** The flags as the parser returns them. */
export type ValidateFlagValues = ArgsOf<typeof validateFlags>;

type ValidateArgs = ValidateFlagValues & { model: string };

type DeployArgs = NonNullable<ValidateOptions['deployArgs']>;

/**
 * What to validate, one entry per node.
 *
 * @param addresses how this machine reaches the nodes of a config, when a file gives it instead of `--reach`
 * @throws UsageError for flags that do not fit together
 */
export async function validationsOf(
  flags: ValidateFlagValues,
  addresses?: { reach: Reach; reachIn: 'file'; nodeId: string },
): Promise<ValidateOptions[]> {
  const { model } = flags;
  if (model === undefined) throw new UsageError('no model is given', { advice: 'give --model MODEL' });
  if (flags.coverage === 'every-replica' && flags.probe === 'wait') {
    throw new UsageError(
      '--coverage every-replica does not work with --probe wait, which does not show replicas',
      {
        advice: 'use --probe queued',
      },
    );
  }
  const args = { ...flags, model, ...challengeSeed(flags) };
  const shared = await sharedOptions(args);
  if (args.nodeConfig === undefined) {
    if (args.mlnodeUrl === undefined) {
      throw new UsageError('no node is given', { advice: 'give --mlnode-url URL, or --node-config FILE' });
    }
    if (args.nodeId !== undefined) throw new UsageError('--node-id needs --node-config');
    if (args.reach !== undefined)
      throw new UsageError('--reach needs --node-config', { advice: 'give the URL with --mlnode-url only' });
    return [
      {
        ...shared,
        mlnodeUrl: parseBaseUrl(args.mlnodeUrl, '--mlnode-url'),
        ...listedArgsOf(args, { mlnodeUrl: args.mlnodeUrl }),
        ...(await expectationsOf(args, addresses?.nodeId)),
        ...(await deploymentOf(args, undefined)),
      },
    ];
  }
  if (args.mlnodeUrl !== undefined)
    throw new UsageError('--mlnode-url and --node-config both give the node', {
      advice: 'give one of them; --reach NODE=URL says how this machine reaches a node of the file',
    });
  const nodes = await chosenNodes(args.nodeConfig, args.nodeId);
  if (nodes.length > 1 && args.expDir !== undefined) {
    throw new UsageError('--exp-dir is one folder, and the file has several nodes', {
      advice: 'choose one with --node-id',
    });
  }
  const { reach, reachIn } = addresses ?? { reach: parseReach(args.reach), reachIn: 'flag' };
  if (addresses === undefined)
    requireReachOf(
      reach,
      nodes.map(({ id }) => id),
    );
  return Promise.all(
    nodes.map(async (node) => ({
      ...shared,
      mlnodeUrl: addressOf(node, reach),
      unknownNameAdvice: reachAdvice(node, reachIn),
      nodeId: node.id,
      ...listedArgsOf(args, { mlnodeUrl: addressOf(node, reach), nodeId: node.id }),
      ...(await expectationsOf(args, node.id)),
      ...(await deploymentOf(args, node)),
      ...optional('nodeArgs', node.models[args.model]?.args),
    })),
  );
}

async function sharedOptions(args: ValidateArgs): Promise<Omit<ValidateOptions, 'mlnodeUrl'>> {
  const networkNode = networkNodeOf(args);
  return {
    model: args.model,
    ...optional('reference', args.reference),
    ...optional('secondReference', args.secondReference),
    ...optional('servedAs', args.servedAs),
    ...optional(
      'registered',
      networkNode === undefined ? undefined : () => findGovernanceModel(networkNode, args.model),
    ),
    thresholds: await thresholdLayers(args, networkNode),
    ...optional('challenge', challengeOf(args)),
    ...optional('expDir', args.expDir),
    ...optional('expName', args.expName),
    ...optional('resume', args.resume),
    ...optional('timeoutSeconds', args.timeout),
    waitReadySeconds: args.waitReady,
    stopForeign: args.stopForeign ?? false,
    skipDownload: args.skipDownload ?? false,
    downloadTimeoutSeconds: args.downloadTimeout,
    skipDeploy: args.skipDeploy ?? false,
    dtype: args.dtype,
    ...optional('deployTimeoutSeconds', args.deployTimeout),
    skipThroughput: args.skipThroughput ?? false,
    warmupSeconds: args.warmupSeconds,
    measureSeconds: args.measureSeconds,
    sampleIntervalSeconds: args.sampleInterval,
    ...optional('batchSize', args.batchSize),
    ...optional('weightGuard', guardOf(args, networkNode)),
    ...optional('pocMarginBlocks', args.pocMargin),
    skipValidate: args.skipValidate ?? false,
    validationTimeoutSeconds: args.validationTimeout,
    ...optional('validationBatchSize', args.validationBatchSize),
    probe: args.probe,
    coverage: args.coverage,
    ...selfCheckOf(args.selfCheck),
    ...optional('expectReplicas', args.expectReplicas),
    strict: args.strict ?? false,
    recordedOptions: recorded(args),
  };
}

/** Reads a node's arguments from the admin API, if there is one. */
function listedArgsOf(
  { adminUrl: given, model }: ValidateArgs,
  node: { mlnodeUrl: string; nodeId?: string },
): Pick<ValidateOptions, 'listedArgs'> {
  const adminUrl = findAdminUrl(given);
  if (adminUrl === undefined) return {};
  return { listedArgs: (signal) => listedArgs(adminUrl, { model, ...node }, signal) };
}

/** No check of the phase where the user takes the risk, or says that there is no network node. */
const UNGUARDED: WeightGuard = { whyNot: async () => null };

function guardOf({ force, network }: ValidateArgs, networkNode: string | undefined): WeightGuard | undefined {
  if (force === 'phase' || network === false) return UNGUARDED;
  return networkNode === undefined ? undefined : weightGuard(networkNode);
}

/** The network node that the run may read; none with `--no-network`. */
function networkNodeOf({ node, network }: ValidateArgs): string | undefined {
  if (network !== false) return findNodeUrl(node);
  if (node === undefined) return undefined;
  throw new UsageError('--node and --no-network cannot be used together', { advice: 'give one of them' });
}

/** Older versions recorded a boolean; true meant all nonces. */
function selfCheckOf(value: unknown): Pick<ValidateOptions, 'skipSelfCheck' | 'selfCheck'> {
  return {
    skipSelfCheck: value === 'none' || value === false,
    selfCheck: value === 'full' || value === true ? 'full' : 'sample',
  };
}

/** A seed if none is given: the same for all nodes, and recorded with the other options. */
function challengeSeed({ challenge, challengeSeed }: ValidateFlagValues): { challengeSeed?: string } {
  return challenge === undefined ? {} : { challengeSeed: challengeSeed ?? newSeed() };
}

function challengeOf({ challenge, trustedUrl, challengeSeed }: ValidateArgs): ValidateOptions['challenge'] {
  if (challenge === undefined) {
    if (challengeSeed !== undefined)
      throw new UsageError('--challenge-seed needs --challenge', { advice: 'add --challenge N' });
    return trustedUrl === undefined ? undefined : { trustedUrl };
  }
  if (trustedUrl === undefined) {
    throw new UsageError('--challenge needs a node to compare with', { advice: 'add --trusted-url URL' });
  }
  return {
    n: challenge,
    trustedUrl: parseBaseUrl(trustedUrl, '--trusted-url'),
    ...optional('seed', challengeSeed),
  };
}

async function thresholdLayers(
  args: ValidateArgs,
  networkNode: string | undefined,
): Promise<StatTestLayer[]> {
  const commandLine: StatTestLayer = {
    source: 'command line',
    values: {
      dist_threshold: args.threshold,
      p_mismatch: args.pMismatch,
      fraud_threshold: args.fraudThreshold,
    },
  };
  if (args.thresholds !== 'chain') return [commandLine];
  if (networkNode === undefined) {
    throw new UsageError('--thresholds chain needs a network node', {
      advice: 'add --node URL, or set ASSAY_NODE',
    });
  }
  const { readChainStatTest } = await import('../../chain/params.js');
  const values = await readChainStatTest(networkNode, args.model, await schemeOfReference(args));
  return [{ source: `chain (${shownUrl(networkNode)})`, values }, commandLine];
}

/** Scheme of the named reference; all known ones have the prefill scheme. */
async function schemeOfReference({ reference, model }: ValidateArgs): Promise<'prefill' | 'decode'> {
  if (reference === undefined) return 'prefill';
  const { file } = await loadGoldenByName(reference, model);
  return schemeOf(file).judgedBy === 'engine' ? 'decode' : 'prefill';
}

async function chosenNodes(file: string, id: string | undefined): Promise<NodeObject[]> {
  const nodes = await readNodeConfig(file);
  if (nodes.length === 0) throw new AssayError(`node config ${file} has no node`);
  if (id === undefined) return nodes;
  const found = nodes.find((node) => node.id === id);
  if (found !== undefined) return [found];
  throw new UsageError(`node config ${file} has no node "${id}"`, {
    advice: `its nodes are ${nodes.map((node) => node.id).join(', ')}`,
  });
}

/** How the node should serve the model, and how it does, as far as known. */
async function deploymentOf(
  args: ValidateArgs,
  node: NodeObject | undefined,
): Promise<Pick<ValidateOptions, 'deployArgs' | 'served'>> {
  const base = await baseArgs(args, node);
  const deployArgs = deployArgsOf(args, base);
  if (deployArgs === undefined) return {};
  const served = {
    args: deployArgs.map(({ value }) => value),
    ...optional('model_override', base?.override),
  };
  return { deployArgs, served };
}

/**
 * Deploy arguments from the caller. They are never taken silently from the reference, whose own arguments are
 * for information.
 *
 * @returns undefined when no option gave any
 */
function deployArgsOf(args: ValidateArgs, base: BaseArgs | undefined): DeployArgs | undefined {
  const set: [string, string][] = [];
  if (args.tpSize !== undefined) set.push(['--tensor-parallel-size', String(args.tpSize)]);
  if (args.maxModelLen !== undefined) set.push(['--max-model-len', String(args.maxModelLen)]);
  const extra = args.extraArg ?? [];
  if (base === undefined && set.length === 0 && extra.length === 0) return undefined;

  let tokens = base?.args ?? [];
  for (const [flag, value] of set) tokens = setArg(tokens, flag, value);
  const changed = new Set(set.map(([flag]) => flag));
  let source = base?.source ?? 'command line';
  const labelled = tokens.map((value) => {
    if (value.startsWith('-'))
      source = changed.has(canonicalFlag(value)) ? 'command line' : (base?.source ?? 'command line');
    return { value, source };
  });
  return [...labelled, ...extra.map((value) => ({ value, source: 'command line' }))];
}

interface BaseArgs {
  args: string[];
  source: string;
  override?: ModelOverride | null | undefined;
}

async function baseArgs(args: ValidateArgs, node: NodeObject | undefined): Promise<BaseArgs | undefined> {
  const given = [args.gpu !== undefined, args.deployArgsFromReference === true].filter(Boolean).length;
  if (given > 1)
    throw new UsageError('--gpu and --deploy-args-from-reference both give the deploy arguments', {
      advice: 'give one of them',
    });
  if (args.gpu !== undefined) {
    const found = await findDeployConfig(args.model, args.gpu, args.variant);
    return {
      args: found.config.args,
      source: `config for ${found.config.gpu}: ${configOrigin(found)}`,
      override: found.config.model_override,
    };
  }
  if (args.deployArgsFromReference === true) {
    const { file } =
      args.reference === undefined
        ? await findGolden(args.model)
        : await loadGoldenByName(args.reference, args.model);
    return { args: file.additional_args ?? [], source: 'reference (additional_args)' };
  }
  const own = node?.models[args.model];
  if (own === undefined) return undefined;
  return { args: own.args, source: `node config ${args.nodeConfig}`, override: own.model_override };
}

/** The flags as given, for the record: without yargs' own entries and without credentials. */
function recorded(args: ValidateArgs): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([key, value]) => key !== '_' && key !== '$0' && !key.includes('-') && value !== undefined)
      .map(([key, value]) => [key, masked(value)]),
  );
}

/** A value without the credentials of URLs in it. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  return typeof value === 'string' ? maskSecrets(value) : value;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
}
