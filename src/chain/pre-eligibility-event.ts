import { largest } from '../extremes.js';
import validateBlockResults from '../schemas/generated/rpc-block-results.js';
import validateBlockSearch from '../schemas/generated/rpc-block-search.js';
import { toBigInt, toNumber, type WireInteger } from './integer.js';
import type { ReadOptions } from './read.js';
import { readRpc, rpcSays } from './rpc.js';
import type { PreEligibility } from './rules/pre-eligibility.js';

const EVENT = 'bootstrap_model_preeligibility';

/** What the chain said about a model at a snapshot. */
export interface PreEligibilityEvent extends PreEligibility {
  modelId: string;
  snapshotHeight: number;
}

/** The possible answers; a node that cannot be read is a fault instead. */
export type EventAnswer =
  | { kind: 'event'; height: number; event: PreEligibilityEvent }
  /** No block with an event of this model is known. */
  | { kind: 'no_event_yet' }
  /** The block has events of these models, or no event at all. */
  | { kind: 'not_in_block'; height: number; otherModels: string[] }
  /** The node has no index of events: ask for a height. */
  | { kind: 'node_does_not_index' }
  | { kind: 'height_in_future'; height: number }
  | { kind: 'height_pruned'; height: number; says: string };

/** Finds the newest event of a model. */
export async function findLatestEvent(
  nodeUrl: string,
  model: string,
  options?: ReadOptions,
): Promise<EventAnswer> {
  let blocks: { block: { header: { height: WireInteger } } }[] | null | undefined;
  try {
    ({ blocks } = await readRpc<{ blocks?: typeof blocks }>(
      nodeUrl,
      'block_search',
      { query: `"${EVENT}.model_id='${model}'"`, order_by: '"desc"', per_page: '1' },
      validateBlockSearch,
      options,
    ));
  } catch (error) {
    if (rpcSays(error, /index\w* is disabled|disabled/i)) return { kind: 'node_does_not_index' };
    throw error;
  }
  const heights = (blocks ?? []).map(({ block }) => toNumber(block.header.height));
  return heights.length === 0
    ? { kind: 'no_event_yet' }
    : await readEventAt(nodeUrl, model, largest(heights), options);
}

/** Reads a model's event in one block, which may have events of several models. */
export async function readEventAt(
  nodeUrl: string,
  model: string,
  height: number,
  options?: ReadOptions,
): Promise<EventAnswer> {
  let wire: { finalize_block_events?: WireEvent[] | null };
  try {
    wire = await readRpc(nodeUrl, 'block_results', { height: String(height) }, validateBlockResults, options);
  } catch (error) {
    if (rpcSays(error, /must be less than or equal|could not find results/i))
      return { kind: 'height_in_future', height };
    if (rpcSays(error, /not available|lowest height|pruned/i))
      return { kind: 'height_pruned', height, says: error.detail };
    throw error;
  }
  const events = (wire.finalize_block_events ?? []).filter(({ type }) => type === EVENT).map(attributesOf);
  const ours = events.find((attributes) => attributes.get('model_id') === model);
  if (ours !== undefined) return { kind: 'event', height, event: parseEvent(model, ours) };
  return { kind: 'not_in_block', height, otherModels: events.map((event) => event.get('model_id') ?? '?') };
}

interface WireEvent {
  type: string;
  attributes?: { key: string; value?: string | null }[] | null;
}

function attributesOf({ attributes }: WireEvent): Map<string, string> {
  return new Map((attributes ?? []).map(({ key, value }) => [key, value ?? '']));
}

function parseEvent(modelId: string, attributes: Map<string, string>): PreEligibilityEvent {
  const flag = (key: string) => attributes.get(key) === 'true';
  const integer = (key: string) => {
    const text = attributes.get(key) ?? '';
    return /^\d{1,40}$/.test(text) ? text : '0';
  };
  return {
    modelId,
    snapshotHeight: toNumber(integer('snapshot_height')),
    preEligible: flag('pre_eligible'),
    meetsWeightThreshold: flag('meets_weight_threshold'),
    meetsVMin: flag('meets_v_min'),
    meetsReachability: flag('meets_reachability'),
    intentHostCount: toNumber(integer('intent_host_count')),
    intentWeight: toBigInt(integer('intent_weight')),
    reachableVotingPower: toBigInt(integer('reachable_voting_power')),
    totalNetworkWeight: toBigInt(integer('total_network_weight')),
  };
}

/** A judgement with the event's own attribute names, and weights as text. */
export function preEligibilityJson(judged: PreEligibility) {
  return {
    pre_eligible: judged.preEligible,
    meets_weight_threshold: judged.meetsWeightThreshold,
    meets_v_min: judged.meetsVMin,
    meets_reachability: judged.meetsReachability,
    intent_host_count: judged.intentHostCount,
    intent_weight: String(judged.intentWeight),
    reachable_voting_power: String(judged.reachableVotingPower),
    total_network_weight: String(judged.totalNetworkWeight),
  };
}
