import { setTimeout as sleep } from 'node:timers/promises';
import { readGovernanceModels } from '../chain/models.js';
import { AssayError } from '../errors.js';
import { MlNodeClient } from '../mlnode/client.js';
import { usableGpus } from '../mlnode/gpus.js';
import { portsOf } from '../mlnode/replicas.js';
import { runnerLimitAdvice } from '../mlnode/start-limit.js';
import type { AdminClient, ListedState } from './admin-client.js';
import { findNode } from './apply.js';
import { AwaitsPoc, nextPocText } from './first-poc.js';
import { known } from './known.js';
import { namesOf } from './names.js';
import type { NodeObject } from './node-object.js';
import { promisedReplicas } from './promised-replicas.js';
import { addressOf, type Reach } from './reach.js';
import { judgeServing, type Serving } from './serving.js';
import { createPatience } from './serving-patience.js';

export interface WaitOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** The network node's status before the change: it separates an old failure from a new one. */
  before?: ListedState | undefined;
  /**
   * The model is already up and only its arguments change: it must stop answering before it counts as served.
   */
  restarts?: boolean;
  /**
   * Names of the model that the node served before; a node that still reports one does not serve the new
   * model.
   */
  others?: readonly string[];
  /** A further name that the user expects from the node. */
  servedAs?: string | undefined;
  /** URL at which this machine reaches the node. */
  reach?: Reach | undefined;
  /** Base URL of the network node's public API, which reports when the next PoC is. */
  nodeUrl?: string | undefined;
  /** Promised number of replicas; default: as many as fit the node's GPUs with its arguments. */
  expectReplicas?: number | undefined;
  /** Called after each look. */
  onLook?(serving: Serving, elapsedMs: number): void;
}

const AWAITS_ADVICE = 'its config is stored and correct: check again then';

const FIRST_POLL_MS = 200;
const MAX_POLL_MS = 5_000;

/**
 * Waits until a node serves its model: the ML node says so, and all promised replicas are in use. Without a
 * promised number, the number of replicas must no longer change.
 *
 * @returns the last look
 * @throws AwaitsPoc when it waits for its first PoC; AssayError with the reason when it fails, or does not
 *   serve within the time
 */
export async function waitUntilServes(
  admin: AdminClient,
  node: NodeObject,
  options: WaitOptions,
): Promise<Serving> {
  const { timeoutMs, signal, before, restarts = false, reach, nodeUrl, expectReplicas, onLook } = options;
  const mlNode = new MlNodeClient(addressOf(node, reach), signal);
  const [model = ''] = Object.keys(node.models);
  const names = namesOf(model, node.models[model], options.servedAs);
  const registered = await registeredNames(nodeUrl, signal);
  const others = [...(options.others ?? []), ...registered].filter((name) => !names.includes(name));
  const judge = createPatience({ timeoutMs, restarts, statusBefore: before?.status_timestamp });
  let nextPoc: Promise<string> | undefined;
  const startedAt = performance.now();
  let gpus: number | null = null;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 1.5)) {
    const { serving, statusAt } = await look();
    const elapsedMs = performance.now() - startedAt;
    onLook?.(serving, elapsedMs);
    const { status, text, advice } = judge(serving, statusAt, elapsedMs);
    if (status === 'serving') return { status, text };
    if (status === 'awaits_poc') throw new AwaitsPoc(`node ${node.id}: ${text}`, { advice: AWAITS_ADVICE });
    if (status === 'failed') {
      const limit = runnerLimitAdvice(elapsedMs / 1000);
      const told = limit ?? advice;
      throw new AssayError(`node ${node.id}: ${text}`, told === undefined ? {} : { advice: told });
    }
    await pause(Math.min(pollMs, Math.max(0, timeoutMs - elapsedMs)), signal);
  }

  async function look() {
    const [listed, state, replicas] = await Promise.all([
      known(async () => findNode(await admin.list(), node.id)),
      known(() => mlNode.state()),
      known(async () => portsOf(await mlNode.powStatus()).length),
      // One read is enough: a restart changes no GPU.
      known(async () => {
        if (gpus !== null) return;
        const told = await mlNode.gpuDevices();
        gpus = told && usableGpus(told).count;
      }),
    ]);
    const args = node.models[model]?.args ?? null;
    const promised = promisedReplicas({ expected: expectReplicas, metrics: null, gpus, args });
    const serving = judgeServing({ model, names, others, listed, before, state, replicas, promised });
    if (serving.status === 'awaits_poc') nextPoc ??= nextPocText(nodeUrl, signal);
    return {
      serving:
        serving.status === 'awaits_poc' ? { ...serving, text: `${serving.text}: ${await nextPoc}` } : serving,
      statusAt: 'value' in listed ? listed.value?.state.status_timestamp : undefined,
    };
  }
}

/** Governance's ids of models: a node that reports one of them serves that model, and no other. */
async function registeredNames(
  nodeUrl: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (nodeUrl === undefined) return [];
  const read = { retries: 0, ...(signal && { signal }) };
  const models = await known(() => readGovernanceModels(nodeUrl, read));
  if ('unknown' in models) return [];
  return models.value.flatMap(({ id, hfRepo }) => (hfRepo === '' ? [id] : [id, hfRepo]));
}

/** @throws the signal's reason when it is aborted */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal && { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
