import type { Epochs } from '../../chain/epochs.js';
import type { GovernanceModel } from '../../chain/models.js';
import type { Weights } from '../../run/report.js';
import type { ListedNode } from '../admin-client.js';
import type { ModelFacts } from '../known-models.js';
import type { ModelConfig, NodeObject } from '../node-object.js';

/**
 * Something that was asked for: its value, or why it could not be had; `hasNoWay` where this machine does not know the
 * name of whom it would have asked.
 */
export type Known<T> = { value: T } | { unknown: string; hasNoWay?: true };

/** What is about to be done to the network node. */
export type Change = 'add' | 'update' | 'deploy' | 'switch' | 'enable' | 'disable' | 'remove';

/** All that the checks of a change judge by, as gathered. */
export interface ChangeFacts {
  change: Change;
  adminUrl: string;
  /** What the network node lists now. */
  listed: ListedNode[];
  epochs: Known<Epochs>;
  blockTimeS: Known<number>;
  /** How long a model needs to load. */
  loadTimeS: number;
  approved: Known<GovernanceModel[]>;
  /** What is known of each model that is to be loaded, by its id. */
  models: Record<string, ModelFacts>;
  /** Nodes to which this machine has no way go by the network node's word, as the user wants it. */
  byListing: boolean;
  /** The node objects to be sent; none when a node is enabled, disabled or removed. */
  nodes: WantedNode[];
}

/** A node object to be sent, with what its ML node says. */
export interface WantedNode {
  node: NodeObject;
  /** What to do where this machine does not reach it. */
  reachAdvice: string;
  /** GPUs of the ML node that can be used; null where it is too old to tell. */
  gpuCount: Known<number | null>;
  /** Their classes, for example `B200`; none where it does not tell. */
  gpuClasses: string[];
  /** A phrase for each GPU that it names and cannot use. */
  lostGpus: string[];
  /** Its PoC batch, where the user gives it. */
  pocBatch: number | null;
  /** Errors that the driver reported, in a phrase; null where the node does not count them. */
  xid: string[] | null;
  /** What it runs on, each null where it is not told. */
  versions: { mlnode: string | null; vllm: string | null; driver: string | null; cuda: string | null };
  /** The state of each model's weights on it, by model id. */
  weights: Known<Record<string, WantedWeights>>;
}

/** Weights that a model is to be loaded from. */
export interface WantedWeights {
  /** null where the node is too old to tell. */
  status: string | null;
  weights: Weights;
}

export interface ChangeFinding {
  state: 'ok' | 'warn' | 'fail';
  /** What was found, in a phrase. */
  text: string;
  /** What to do about it. */
  advice?: string;
}

/** One condition of a change: a name to override it by, and a pure judgement. */
export interface ChangeCheck {
  name: string;
  judge(facts: ChangeFacts): ChangeFinding;
}

/** What to say of a fact that could not be had: it cannot be assumed to be good. */
export function cannotTell(why: string, advice?: string): ChangeFinding {
  return { state: 'fail', text: `not known: ${why}`, ...(advice !== undefined && { advice }) };
}

/** Whether a node that this machine cannot ask goes by the network node's word. */
export function goesByListing({ byListing }: ChangeFacts, fact: Known<unknown>): boolean {
  return byListing && 'hasNoWay' in fact;
}

const RANK = { ok: 0, warn: 1, fail: 2 };

/** Judges each model of each node by itself, and puts the findings together. */
export function ofEachModel(
  facts: ChangeFacts,
  judge: (config: ModelConfig, model: string, wanted: WantedNode) => ChangeFinding[],
): ChangeFinding {
  return ofEachNode(facts, (wanted) =>
    Object.entries(wanted.node.models).flatMap(([model, config]) => judge(config, model, wanted)),
  );
}

/** Judges each node by itself and puts the findings together: the worst state, its texts and its advice. */
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
