import { startOf } from '../../network/names.js';
import type { NodeObject } from '../../network/node-object.js';
import type { Answer, SimulatedRequest } from '../chain/answer.js';
import { assign } from '../chain/control.js';
import { type ChainSimulator, type ChainSimulatorOptions, startChainSimulator } from '../chain/server.js';
import { adminAnswer } from './admin-routes.js';
import { Broker, type BrokerNode } from './broker.js';
import { mergeArgs } from './merge-args.js';
import { Reconciler, type Target } from './reconcile.js';

export interface NetworkSimulatorOptions extends ChainSimulatorOptions {
  /** Nodes that are registered at the start. */
  nodes?: NodeObject[];
  /**
   * Host names that only this network node resolves, with their addresses: for example containers in its
   * Docker network, which the machine's own shell does not resolve.
   */
  names?: Record<string, string>;
  /** Time between two reads of each ML node, in milliseconds (100). */
  reconcileMs?: number;
}

export interface NetworkSimulator extends ChainSimulator {
  broker: Broker;
  /**
   * The model of each node in the running epoch, by id. The node serves it until the epoch ends, even if its
   * new config names another one.
   */
  epochNodes: Map<string, string>;
}

/**
 * Starts a host's network node on loopback: the admin API, and on the same chain everything that a public
 * node serves. It controls the registered ML nodes over their own protocol.
 */
export async function startNetworkSimulator(
  options: NetworkSimulatorOptions = {},
): Promise<NetworkSimulator> {
  const epochNodes = new Map<string, string>();
  const broker = new Broker({
    approvedModels: () => simulator.chain.models.map(({ modelId }) => modelId),
    epoch: () => simulator.chain.epochIndex,
  });
  const simulator = await startChainSimulator({
    ...options,
    routes: (request) => route(broker, epochNodes, request),
  });
  for (const node of options.nodes ?? []) broker.register(node);
  const stop = startReconciling(simulator, { broker, epochNodes, ...options });
  return {
    ...simulator,
    broker,
    epochNodes,
    async close() {
      await stop();
      await simulator.close();
    },
  };
}

/** @returns stops it, after the read that is running has ended */
function startReconciling(
  { chain }: ChainSimulator,
  {
    broker,
    epochNodes,
    names = {},
    reconcileMs = 100,
  }: { broker: Broker; epochNodes: Map<string, string> } & NetworkSimulatorOptions,
): () => Promise<void> {
  const reconcilers = new Map<string, Reconciler>();
  let epoch = chain.epochIndex;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let look = run();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await look;
  };

  async function run(): Promise<void> {
    if (chain.epochIndex !== epoch) epochNodes.clear();
    epoch = chain.epochIndex;
    const active = [...broker.nodes.values()].filter(
      ({ node, admin }) =>
        (admin.enabled || epochNodes.has(node.id)) && !broker.faults.awaitsPoc.includes(node.id),
    );
    await Promise.all(active.map((kept) => reconcilerOf(kept).step(kept, targetOf(kept))));
    if (isStopped) return;
    timer = setTimeout(() => {
      look = run();
    }, reconcileMs);
  }

  function reconcilerOf({ node }: BrokerNode): Reconciler {
    const reconciler = reconcilers.get(node.id) ?? new Reconciler(names);
    reconcilers.set(node.id, reconciler);
    return reconciler;
  }

  /** The epoch's model replaces that of the config, and governance's arguments replace the node's own. */
  function targetOf({ node }: BrokerNode): Target {
    const model = epochNodes.get(node.id) ?? Object.keys(node.models)[0] ?? '';
    const theirs = chain.models.find(({ modelId }) => modelId === model)?.modelArgs ?? [];
    const config = node.models[model];
    return startOf(model, { ...config, args: mergeArgs(config?.args ?? [], theirs) });
  }
}

/**
 * The admin API, and the simulator's control API: `GET /sim/network`, `POST /sim/network/faults`, `…/epoch`.
 */
function route(
  broker: Broker,
  epochNodes: Map<string, string>,
  request: SimulatedRequest,
): Answer | undefined {
  const { url, body } = request;
  if (url.pathname === '/sim/network') {
    return {
      body: {
        nodes: [...broker.nodes.values()],
        changes: broker.changes,
        epoch: Object.fromEntries(epochNodes),
      },
    };
  }
  if (url.pathname === '/sim/network/faults') return assign(broker.faults, body, Object.keys(broker.faults));
  if (url.pathname === '/sim/network/epoch') {
    epochNodes.clear();
    for (const [id, model] of Object.entries((body ?? {}) as Record<string, string>))
      epochNodes.set(id, model);
    return { body: { ok: true } };
  }
  return adminAnswer(broker, request, (id) => epochState(epochNodes.get(id)));
}

function epochState(model: string | undefined): Record<string, unknown> {
  if (model === undefined) return { epoch_models: {}, epoch_ml_nodes: {} };
  return {
    epoch_models: { [model]: { id: model } },
    epoch_ml_nodes: { [model]: { node_id: model, poc_weight: 1000, timeslot_allocation: [true, false] } },
  };
}
