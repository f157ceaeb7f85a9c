import type { BlockPace } from '../../chain/block-pace.js';
import { readGovernanceModels } from '../../chain/models.js';
import { patiently } from '../../chain/patience.js';
import { waitForHeight } from '../../chain/wait-for-height.js';
import { AssayError } from '../../errors.js';
import { HttpFault } from '../../http/fault.js';
import { MlNodeClient } from '../../mlnode/client.js';
import { weightsOf } from '../../network/names.js';
import type { NodeObject } from '../../network/node-object.js';
import { addressOf } from '../../network/reach.js';
import { download } from '../../validate/phases/download.js';
import type { RoundHeights } from '../entries.js';
import { reachOf } from '../host-file.js';
import { type LifecycleRun, patienceOf, readView } from '../lifecycle-run.js';
import { type Act, isDeployed } from './act.js';
import { type DownloadWatch, watchDownload } from './watch-download.js';

/** The limit is the chain's height, and not the time of the download. */
const LONGEST_DOWNLOAD_S = 7 * 86_400;

/**
 * Weights are hundreds of gigabytes. They are downloaded before the snapshot, because the window after it is
 * short. A download that is not complete by then continues, and delays the switch of its own node only.
 */
export const weights: Act<'weights'> = {
  name: 'weights',
  title: 'checking and downloading the weights',
  applies: isDeployed,

  async act(run, round) {
    const seeTo = async (node: NodeObject) => ({
      id: node.id,
      action: await seeToWeights(run, node, round, round.snapshotHeight),
    });
    return { nodes: await Promise.all(run.nodes.map(seeTo)) };
  },
};

const WEIGHTS_TEXT: { [action in string]?: string } = {
  already_downloaded: 'weights already downloaded',
  downloaded: 'weights downloaded',
  not_told: 'the node does not report its weights',
};

/**
 * Makes a node download the weights, and waits for them until the chain reaches a height.
 *
 * @returns the result, `under_way` when they are not complete by then
 * @throws AssayError when the node does not download
 */
export async function seeToWeights(
  run: LifecycleRun,
  node: NodeObject,
  { pocStartHeight }: RoundHeights,
  byHeight: number,
): Promise<string> {
  const { terminal, nodeUrl, forced } = run;
  if (forced.includes('weights')) return 'not_looked_at';
  const { pace } = await readView(run);
  if (pace.height >= byHeight) return 'under_way';
  const over = new AbortController();
  const signal = AbortSignal.any([run.signal, over.signal]);
  const limit = waitForHeight(nodeUrl, byHeight, { ...pace, signal, onTrouble() {}, onHeight() {} }).then(
    () => over.abort(),
    // Without a height the wait has no limit; the next step reads the chain and reports why.
    () => {},
  );
  try {
    const action = await patiently(() => fetchWeights({ ...run, signal }, node, { pocStartHeight, pace }), {
      signal,
      onTrouble: (text) => terminal.say(`${node.id}: ${text}`),
    });
    terminal.say(`${node.id}: ${WEIGHTS_TEXT[action] ?? action}`);
    return action;
  } catch (error) {
    if (run.signal.aborted || !over.signal.aborted) throw error;
    terminal.say(`${node.id}: height ${byHeight} is reached, and its weights are not complete`);
    return 'under_way';
  } finally {
    over.abort();
    await limit;
  }
}

async function fetchWeights(
  run: LifecycleRun,
  node: NodeObject,
  when: { pocStartHeight: number; pace: BlockPace },
): Promise<string> {
  const { terminal, nodeUrl, host, signal } = run;
  const models = await patiently(
    () => readGovernanceModels(nodeUrl, { signal, retries: 0 }),
    patienceOf(run),
  );
  const registered = models.find(({ id }) => id === host.model);
  const served = node.models[host.model];
  const mlnodeUrl = addressOf(node, reachOf(host));
  const client = new MlNodeClient(mlnodeUrl, signal);
  let watch: DownloadWatch | undefined;
  try {
    const weights = weightsOf(host.model, served, registered);
    watch = await watchDownload(run, { id: node.id, client, weights }, when);
    const { action } = await download({
      node: client,
      options: {
        mlnodeUrl,
        model: host.model,
        ...(served !== undefined && { served }),
        registered: async () => registered,
        downloadTimeoutSeconds: LONGEST_DOWNLOAD_S,
      },
      patience: 1,
      events: watch.events,
      signal,
      until: Number.POSITIVE_INFINITY,
      warn: (text) => terminal.say(`${node.id}: ${text}`),
    });
    await watch.end(action);
    return action;
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof HttpFault || signal.aborted) throw error;
    throw new AssayError(`${node.id}: ${error.message}`, {
      advice: 'copy the weights to the node by hand; if they are there and complete, give --force weights',
      cause: error,
    });
  } finally {
    watch?.stop();
  }
}
