import { readGovernanceModels } from '../../chain/models.js';
import { patiently } from '../../chain/patience.js';
import { MlNodeClient } from '../../mlnode/client.js';
import { mlNodeUrl, type NodeObject } from '../../network/node-object.js';
import { download } from '../../validate/download.js';
import { watchOnTerminal } from '../../validate/watch.js';
import { type LifecycleRun, patienceOf } from '../lifecycle-run.js';
import { type Act, isDeployed } from './act.js';

/** The snapshot is the limit, and not the download itself. */
const LONGEST_DOWNLOAD_S = 7 * 86_400;

/** Hundreds of gigabytes: before the snapshot, since the window after it is short. */
export const weights: Act<'weights'> = {
  name: 'weights',
  title: 'seeing to the weights',
  applies: isDeployed,

  async act(run) {
    const { nodeUrl, host, signal } = run;
    const models = await patiently(
      () => readGovernanceModels(nodeUrl, { signal, retries: 0 }),
      patienceOf(run),
    );
    const repository = models.find(({ id }) => id === host.model)?.hfRepo || host.model;
    const nodes = await Promise.all(run.nodes.map((node) => downloadOnto(run, node, repository)));
    return { nodes };
  },
};

async function downloadOnto(run: LifecycleRun, node: NodeObject, repository: string) {
  const { terminal, signal } = run;
  const events = watchOnTerminal(terminal, `${node.id}: `);
  const mlnodeUrl = mlNodeUrl(node);
  try {
    const { action } = await download({
      node: new MlNodeClient(mlnodeUrl, signal),
      options: { mlnodeUrl, model: repository, downloadTimeoutSeconds: LONGEST_DOWNLOAD_S },
      patience: 1,
      events,
      signal,
      warn: (text) => terminal.say(`${node.id}: ${text}`),
    });
    terminal.say(`${node.id}: weights ${action.replaceAll('_', ' ')}`);
    return { id: node.id, action };
  } finally {
    events.stop();
  }
}
