import { statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { measureBlockPace } from '../chain/block-pace.js';
import { readEpochs } from '../chain/epochs.js';
import { readGovernanceModels } from '../chain/models.js';
import { SharedReads } from '../chain/shared-reads.js';
import { AssayError, messageOf } from '../errors.js';
import { goldenOf, hasGolden } from '../golden/catalog.js';
import { recordedOn, recordedOnText } from '../golden/recorded-on.js';
import { chooseVariant } from '../golden/variant.js';
import { timeLimit } from '../http/time-limit.js';
import { MlNodeClient } from '../mlnode/client.js';
import { type ClockSkew, readClockSkew } from '../mlnode/clock.js';
import { usableGpus } from '../mlnode/gpus.js';
import { findModel } from '../models/load.js';
import { AdminClient } from '../network/admin-client.js';
import { askWeights } from '../network/ask-weights.js';
import type { Known } from '../network/checks/check.js';
import { known } from '../network/known.js';
import { namesOf, weightsOf } from '../network/names.js';
import type { NodeObject } from '../network/node-object.js';
import { addressOf, type Reach, reachAdvice } from '../network/reach.js';
import { argValue, TENSOR_PARALLEL } from '../network/serve-args.js';
import { checkReady } from '../poc/ready.js';
import { versionOf } from '../tx/inferenced.js';
import type { ChainFacts, DoctorFacts, MachineFacts, MlNodeFacts } from './facts.js';

export interface DoctorRequest {
  model: string | undefined;
  /** ML nodes by URL, in addition to those that the admin API lists. */
  mlNodes: { name: string; url: string }[];
  nodeUrl: string | undefined;
  adminUrl: string | undefined;
  /** Address of the participant; undefined: nothing is looked up for it. */
  address: Known<string> | undefined;
  reach: Reach;
  /** Path of `inferenced`; undefined: not looked for. */
  inferenced: string | undefined;
  /** Duration of a load with its validation; undefined: a typical time is used. */
  load: DoctorFacts['load'] | undefined;
  folder: string;
  columns: number | null;
  signal: AbortSignal;
  /** What others read of the chain for the same answer. */
  shared?: SharedReads;
}

/** Time limit for all questions. */
const LIMIT_S = 9;

/** Reads all named sources in parallel. It changes nothing. */
export async function gatherDoctorFacts(request: DoctorRequest): Promise<DoctorFacts> {
  const isOver = new AssayError(`no answer within ${LIMIT_S} s`);
  const limit = timeLimit({ signal: request.signal }, LIMIT_S, isOver);
  const limited = { ...request, signal: limit.signal };
  try {
    const [machine, model, nodes, chain] = await Promise.all([
      machineFacts(limited),
      request.model === undefined ? null : findModel(request.model),
      nodesFacts(limited),
      request.nodeUrl === undefined ? null : chainFacts(request.nodeUrl, limited),
    ]);
    return {
      machine,
      load: request.load ?? null,
      key: request.address ?? null,
      model: request.model ?? null,
      known: model?.file ?? null,
      ...nodes,
      chain,
    };
  } finally {
    limit.clear();
  }
}

/** The ML nodes, which the admin API lists, and the references for their hardware. */
async function nodesFacts(
  request: DoctorRequest,
): Promise<Pick<DoctorFacts, 'admin' | 'mlNodes' | 'references'>> {
  const admin = await adminFacts(request);
  const mlNodes = await Promise.all(nodesOf(request, admin).map((node) => nodeFacts(node, request)));
  const references = request.model === undefined ? null : await referencesOf(request.model, mlNodes);
  return { admin, mlNodes, references };
}

async function machineFacts({ folder, columns, inferenced, signal }: DoctorRequest): Promise<MachineFacts> {
  return {
    nodeVersion: process.versions.node,
    folder,
    freeGb: await known(async () => {
      const { bavail, bsize } = await statfs(folder).catch((error) => {
        throw new AssayError(`${folder}: ${messageOf(error)}`);
      });
      return (bavail * bsize) / 1e9;
    }),
    columns,
    inferenced: inferenced === undefined ? null : await known(() => versionOf(inferenced, signal)),
  };
}

async function adminFacts({ adminUrl, signal }: DoctorRequest): Promise<DoctorFacts['admin']> {
  if (adminUrl === undefined) return null;
  const client = new AdminClient(adminUrl, signal);
  return { url: adminUrl, listed: await known(() => client.list()) };
}

async function chainFacts(
  url: string,
  { model, address, signal, shared = new SharedReads(signal) }: DoctorRequest,
): Promise<ChainFacts> {
  const read = { signal, shared };
  const [epochs, pace, approved, ready] = await Promise.all([
    known(() => readEpochs(url, read)),
    known(() => measureBlockPace(url, read)),
    model === undefined ? null : known(() => readGovernanceModels(url, read)),
    address === undefined
      ? null
      : 'unknown' in address
        ? address
        : known(async () => (await checkReady(url, readyRequest(address.value), read)).findings),
  ]);
  const ofPace = <T>(of: (value: Awaited<ReturnType<typeof measureBlockPace>>) => T): Known<T> =>
    'value' in pace ? { value: of(pace.value) } : pace;
  return {
    url,
    epochs,
    blockTimeS: ofPace(({ msPerBlock }) => msPerBlock / 1000),
    isBehind: ofPace(({ catchingUp }) => catchingUp),
    clockSkewS: ofPace(({ time }) => (time.getTime() - Date.now()) / 1000),
    isApproved:
      approved === null || 'unknown' in approved
        ? approved
        : { value: approved.value.some(({ id }) => id === model) },
    ready,
  };
}

/** The defaults of `assay poc ready`. */
function readyRequest(address: string): Parameters<typeof checkReady>[1] {
  return { address, warm: undefined, commitGas: 500_000n, mlNodeUrls: [], maintenanceBlocks: undefined };
}

/** null if the build has no call for its clock. */
function skewSeconds(skew: ClockSkew | null): number | null {
  return skew === null ? null : skew.skewMs / 1000;
}

interface NodeToAsk {
  name: string;
  url: string;
  reachAdvice: string;
  /** The network node's list for it, by model. */
  models: NodeObject['models'];
}

/** The named nodes, and those that the network node lists. */
function nodesOf({ mlNodes, reach }: DoctorRequest, admin: DoctorFacts['admin']): NodeToAsk[] {
  const named = mlNodes.map((node) => ({
    ...node,
    reachAdvice: 'check the URL of --mlnode-url, and that the node runs',
    models: {},
  }));
  if (admin === null || 'unknown' in admin.listed) return named;
  const listed = admin.listed.value.map(({ node }) => ({
    name: node.id,
    url: addressOf(node, reach),
    reachAdvice: reachAdvice(node, 'flag'),
    models: node.models,
  }));
  const urls = new Set(listed.map(({ url }) => url));
  return [...named.filter(({ url }) => !urls.has(url)), ...listed];
}

async function nodeFacts(
  { name, url, reachAdvice: advice, models }: NodeToAsk,
  request: DoctorRequest,
): Promise<MlNodeFacts> {
  const { model, signal } = request;
  const node = new MlNodeClient(url, signal);
  const config = model === undefined ? undefined : models[model];
  const begun = performance.now();
  const reached = await known(async () => ({ ...(await node.reach()), ms: performance.now() - begun }));
  const away = 'unknown' in reached ? reached : undefined;
  const ask = <T>(read: () => Promise<T>): Promise<Known<T>> =>
    away === undefined ? known(read) : Promise.resolve(away);
  const [state, versions, driver, devices, pow, metrics, weights, space, clockSkewS] = await Promise.all([
    ask(() => node.state()),
    ask(() => node.versions()),
    ask(() => node.driver()),
    ask(() => node.gpuDevices()),
    ask(() => node.powStatus()),
    ask(() => node.metrics()),
    model === undefined
      ? null
      : ask(() =>
          askWeights(
            ({ repository, commit }) => node.modelStatus(repository, commit),
            model,
            weightsOf(model, config, undefined),
          ),
        ),
    ask(() => node.space()),
    ask(async () => skewSeconds(await readClockSkew(url))),
  ]);
  return {
    name,
    url,
    reachAdvice: advice,
    reached,
    state,
    versions,
    driver,
    gpus: 'value' in devices ? { value: devices.value === null ? null : usableGpus(devices.value) } : devices,
    replicas: 'value' in pow ? { value: pow.value.backends ?? [] } : pow,
    metrics,
    weights,
    space,
    names: model === undefined ? [] : namesOf(model, config),
    args: config?.args ?? null,
    listedModels: Object.keys(models),
    clockSkewS,
  };
}

/** The references of a model, with the best match for the first node first. */
async function referencesOf(model: string, mlNodes: MlNodeFacts[]): Promise<DoctorFacts['references']> {
  return known(async () => {
    if (!(await hasGolden(model))) return [];
    const all = await goldenOf(model);
    const { reference, why } = chooseVariant(all, hardwareOf(mlNodes[0]));
    const others = all.filter((each) => each !== reference);
    return [{ each: reference, why }, ...others.map((each) => ({ each, why: 'another one' }))].map(
      ({ each, why: reason }) => ({
        name: basename(each.path, '.json'),
        recordedOn: recordedOnText(recordedOn(each.file)),
        why: reason,
      }),
    );
  });
}

function hardwareOf(node: MlNodeFacts | undefined): Parameters<typeof chooseVariant>[1] {
  if (node === undefined || !('value' in node.gpus) || node.gpus.value === null) return null;
  const tp = node.args === null ? undefined : argValue(node.args, TENSOR_PARALLEL);
  return {
    gpu: node.gpus.value.classes[0] ?? null,
    tensorParallel: typeof tp === 'string' && /^\d+$/.test(tp) ? Number(tp) : null,
    pipelineParallel: null,
  };
}
