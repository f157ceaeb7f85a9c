import type { Epochs } from '../../chain/epochs.js';
import type { GovernanceModel } from '../../chain/models.js';
import type { Weights } from '../../run/report.js';
import type { ListedNode } from '../admin-client.js';
import type { ModelFacts } from '../known-models.js';
import type { ModelConfig, NodeObject } from '../node-object.js';

/**
 * A requested fact: its value, or why it is missing. `hasNoWay`: this machine cannot resolve the name of the
 * machine to ask.
 */
export type Known<T> = { value: T } | { unknown: string; hasNoWay?: true };

/** The change that is planned on the network node. */
export type Change = 'add' | 'update' | 'deploy' | 'switch' | 'enable' | 'disable' | 'remove';

/** All facts by which the checks judge a change. */
export interface ChangeFacts {
  change: Change;
  adminUrl: string;
  /** The nodes in the network node's present list. */
  listed: ListedNode[];
  epochs: Known<Epochs>;
  blockTimeS: Known<number>;
  /** Seconds that a model needs to load. */
  loadTimeS: number;
  approved: Known<GovernanceModel[]>;
  /** The known facts of each model that will be loaded, by its id. */
  models: Record<string, ModelFacts>;
  /** The user accepts the network node's word for nodes that this machine cannot reach. */
  byListing: boolean;
  /** The node objects to send; empty when a node is enabled, disabled or removed. */
  nodes: WantedNode[];
}

/** A node object to send, with the facts from its ML node. */
export interface WantedNode {
  node: NodeObject;
  /** Advice for a node that this machine does not reach. */
  reachAdvice: string;
  /** Usable GPUs of the ML node; null where it is too old to report them. */
  gpuCount: Known<number | null>;
  /** Their classes, for example `B200`; empty where the node does not report them. */
  gpuClasses: string[];
  /** A phrase for each GPU that the node lists and cannot use. */
  lostGpus: string[];
  /** Its PoC batch, where the user gave it. */
  pocBatch: number | null;
  /** Errors that the driver reported, as a phrase; null where the node does not count them. */
  xid: string[] | null;
  /** Its versions, each null where it is not reported. */
  versions: { mlnode: string | null; vllm: string | null; driver: string | null; cuda: string | null };
  /** The state of each model's weights on it, by model id. */
  weights: Known<Record<string, WantedWeights>>;
}

/** The weights from which a model will be loaded. */
export interface WantedWeights {
  /** null where the node is too old to report it. */
  status: string | null;
  weights: Weights;
}

export interface ChangeFinding {
  state: 'ok' | 'warn' | 'fail';
  /** The finding, as a phrase. */
  text: string;
  /** Advice. */
  advice?: string;
}

/** One condition of a change: a name for `--force`, and a pure judgement. */
export interface ChangeCheck {
  name: string;
  judge(facts: ChangeFacts): ChangeFinding;
}

/** The finding for a fact that is missing: it cannot count as good. */
export function cannotTell(why: string, advice?: string): ChangeFinding {
  return { state: 'fail', text: `not known: ${why}`, ...(advice !== undefined && { advice }) };
}

/** Whether to accept the network node's word for a node that this machine cannot ask. */
export function goesByListing({ byListing }: ChangeFacts, fact: Known<unknown>): boolean {
  return byListing && 'hasNoWay' in fact;
}

const RANK = { ok: 0, warn: 1, fail: 2 };

/** Judges each model of each node, and joins the findings. */
export function ofEachModel(
  facts: ChangeFacts,
  judge: (config: ModelConfig, model: string, wanted: WantedNode) => ChangeFinding[],
): ChangeFinding {
  return ofEachNode(facts, (wanted) =>
    Object.entries(wanted.node.models).flatMap(([model, config]) => judge(config, model, wanted)),
  );
}

/** Judges each node and joins the findings: the worst state, all texts and all advice. */
export function ofEachNode(
  facts: ChangeFacts,
  judge: (wanted: WantedNode) => ChangeFinding[],
): ChangeFinding {
  const findings = facts.nodes.flatMap((wanted) =>
    judge(wanted).map((finding) => ({ ...finding, text: `${wanted.node.id}: ${finding.text}` })),
  );
  const worst = findings.reduce<ChangeFinding['state']>(
    (state, finding) => (RANK[finding.state] > RANK[state] ? finding.state : state),
    'ok',
  );
  const telling = findings.filter((finding) => finding.state === worst);
  const advice = telling.find((finding) => finding.advice !== undefined)?.advice;
  return {
    state: worst,
    text: telling.map((finding) => finding.text).join(', '),
    ...(advice !== undefined && { advice }),
  };
}
