import type { NodeObject } from '../../network/node-object.js';
import { mergeArgs } from './merge-args.js';

/** A node as the simulated network node stores it. */
export interface BrokerNode {
  node: NodeObject & { node_num: number };
  status: { intended: string; current: string; failure: string; since: string };
  admin: { enabled: boolean; epoch: number };
}

/** How the simulated network node misbehaves. A script may change it at any time. */
export interface BrokerFaults {
  /** How many more changes are refused, each with 500. */
  refuse: number;
  /** How many more changes are made without an answer: the connection is cut. */
  cut: number;
  /** Arguments that the network node sets by itself, in place of the node's arguments with the same flag. */
  rewriteArgs: string[];
  /** Ids of nodes without a model in any epoch yet: they are FAILED for that reason and are not served. */
  awaitsPoc: string[];
  /** Milliseconds until a change is made; its answer is lost at once. */
  late: number;
  /** Fields of a model that are dropped silently: `model_override` before API v0.2.15-post5. */
  dropModelFields: string[];
}

/** A change that the broker refuses. */
export class BrokerRefusal extends Error {
  override name = 'BrokerRefusal';
}

export interface BrokerWorld {
  approvedModels(): string[];
  epoch(): number;
}

/** The network node's list of ML nodes, with its rules. */
export class Broker {
  readonly nodes = new Map<string, BrokerNode>();
  readonly faults: BrokerFaults = {
    refuse: 0,
    cut: 0,
    rewriteArgs: [],
    dropModelFields: [],
    awaitsPoc: [],
    late: 0,
  };
  /** Number of times each id was registered or updated: it shows when a client repeats a request. */
  readonly changes: Record<string, number> = {};
  #serial = 0;

  constructor(private readonly world: BrokerWorld) {}

  /** @throws BrokerRefusal for an invalid node, a duplicate, or when no model of it is approved */
  register(node: NodeObject): BrokerNode {
    this.#validate(node, [...this.nodes.values()]);
    const approved = Object.entries(node.models).filter(([model]) =>
      this.world.approvedModels().includes(model),
    );
    if (approved.length === 0) throw new BrokerRefusal('no model of it is approved');
    // Models that are not approved are dropped silently.
    return this.#keep({ ...node, models: Object.fromEntries(approved) });
  }

  /** @throws BrokerRefusal for the same reasons, and for any model that is not approved */
  update(node: NodeObject): BrokerNode {
    this.#validate(
      node,
      [...this.nodes.values()].filter(({ node: { id } }) => id !== node.id),
    );
    const unknown = Object.keys(node.models).find((model) => !this.world.approvedModels().includes(model));
    if (unknown !== undefined) throw new BrokerRefusal(`model ${unknown} is not approved`);
    return this.#keep(node);
  }

  #keep(node: NodeObject): BrokerNode {
    const known = this.nodes.get(node.id);
    const kept: BrokerNode = {
      node: {
        inference_segment: '',
        poc_segment: '',
        hardware: [],
        ...structuredClone(node),
        models: this.#rewritten(node.models),
        node_num: known?.node.node_num ?? ++this.#serial,
      },
      status: known?.status ?? {
        intended: 'UNKNOWN',
        current: 'UNKNOWN',
        failure: '',
        since: new Date().toISOString(),
      },
      admin: known?.admin ?? { enabled: true, epoch: this.world.epoch() },
    };
    this.nodes.set(node.id, kept);
    this.changes[node.id] = (this.changes[node.id] ?? 0) + 1;
    return kept;
  }

  #rewritten(models: NodeObject['models']): NodeObject['models'] {
    const { rewriteArgs, dropModelFields } = this.faults;
    return Object.fromEntries(
      Object.entries(models).map(([model, config]) => {
        const kept = Object.entries(config).filter(([field]) => !dropModelFields.includes(field));
        return [model, { ...Object.fromEntries(kept), args: mergeArgs(config.args ?? [], rewriteArgs) }];
      }),
    );
  }

  #validate(node: NodeObject, others: BrokerNode[]): void {
    const isPort = (port: unknown) =>
      Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535;
    if (!node.id || !node.host) throw new BrokerRefusal('id and host must not be empty');
    if (!isPort(node.inference_port) || !isPort(node.poc_port))
      throw new BrokerRefusal('a port is out of range');
    if (!(node.max_concurrent > 0)) throw new BrokerRefusal('max_concurrent must be positive');
    if (Object.keys(node.models ?? {}).length === 0) throw new BrokerRefusal('no model is given');
    for (const [model, { model_override: override, args = [] }] of Object.entries(node.models)) {
      if (override == null || this.faults.dropModelFields.includes('model_override')) continue;
      const isWhole = override.hf_repo && /^[0-9a-f]{40}$/.test(override.hf_commit);
      const isAlone = !args.some((arg) => /^--(?:revision|served-model-name)(?:=|$)/.test(arg));
      if (!isWhole || !isAlone) throw new BrokerRefusal(`model_override of ${model} is invalid`);
    }
    for (const { node: other } of others) {
      const isTaken =
        other.host === node.host &&
        (other.inference_port === node.inference_port || other.poc_port === node.poc_port);
      if (isTaken) throw new BrokerRefusal(`duplicate of node ${other.id}: same host and port`);
    }
  }
}
