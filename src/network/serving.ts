import type { NodeState } from '../mlnode/answers.js';
import { counted } from '../text/figures.js';
import type { ListedNode, ListedState } from './admin-client.js';
import type { Known } from './checks/check.js';
import { epochModels } from './epoch-model.js';

/** One look at a node that should serve a model. */
export interface ServingLook {
  model: string;
  /** Names that the ML node may use for the model when it serves it correctly. */
  names: readonly string[];
  /** Names that show that it still serves the model from before the change. */
  others: readonly string[];
  /** The network node's status; undefined when the node is not listed. */
  listed: Known<ListedNode | undefined>;
  /** The network node's status before the change. */
  before: ListedState | undefined;
  /** The ML node's own answer. */
  state: Known<NodeState>;
  /** Replicas that are in use. */
  replicas: Known<number>;
  /** The promised number of replicas; null: there is none. */
  promised: number | null;
}

export interface Serving {
  /** `awaits_poc`: a new node to which no epoch has given a model yet. This is not a failure. */
  status: 'serving' | 'waiting' | 'failed' | 'awaits_poc';
  /** The findings, as a phrase. */
  text: string;
  advice?: string;
  /** Some of the promised replicas serve. */
  isPartial?: true;
  /** All promised replicas serve. */
  isWhole?: true;
}

/** Judges from one look whether a node serves the model, will serve it, or will not. */
export function judgeServing(look: ServingLook): Serving {
  const { model, listed, before, state, replicas } = look;
  const listing = 'value' in listed ? listed.value : undefined;
  if (awaitsPoc(listing?.state)) {
    // The ML node may still serve: a new id gets its model at once.
    const own = judgeServing({ ...look, listed: { value: undefined } });
    return own.status === 'serving' ? own : { status: 'awaits_poc', text: 'it waits for its first PoC' };
  }
  const failure = newFailure(listing?.state, before);
  if (failure !== undefined) {
    return {
      status: 'failed',
      text: `the network node says FAILED: ${failure}`,
      advice: 'correct the arguments, or look at the ML node’s log',
    };
  }
  if ('unknown' in listed) return { status: 'waiting', text: listed.unknown };
  if ('unknown' in state) return judgeByListing(listing?.state, before, state.unknown);
  if (state.value.state !== 'INFERENCE')
    return { status: 'waiting', text: `the ML node is ${state.value.state}` };
  const loaded = state.value.loaded_model;
  const isAsWanted = loaded === undefined || loaded === null || look.names.includes(loaded);
  if (!isAsWanted && (look.others.includes(loaded) || epochModels(listing).includes(loaded)))
    return otherModel(look, loaded, listing);
  if ('unknown' in replicas) return { status: 'waiting', text: replicas.unknown };
  if (replicas.value === 0)
    return { status: 'waiting', text: `${model} is up, no replica is in rotation yet` };
  if (look.promised !== null && replicas.value < look.promised) {
    return {
      status: 'waiting',
      text: `${model} on ${replicas.value} of ${counted(look.promised, 'replica')}`,
      isPartial: true,
    };
  }
  return {
    ...(look.promised !== null && { isWhole: true }),
    status: 'serving',
    text:
      `${model} on ${replicas.value} replica${replicas.value === 1 ? '' : 's'}` +
      // This is only a hint: the replica itself refuses PoC for another model.
      (isAsWanted ? '' : `, which the node calls ${loaded}`),
  };
}

/**
 * The network node reports FAILED for a node to which no epoch has given a model yet; it means that the node
 * must wait.
 */
function awaitsPoc(state: ListedState | undefined): boolean {
  return state?.current_status === 'FAILED' && /no epoch models available/i.test(state.failure_reason ?? '');
}

/** A failure that is newer than the change: an old one says nothing about the new config. */
function newFailure(now: ListedState | undefined, before: ListedState | undefined): string | undefined {
  if (now?.current_status !== 'FAILED') return undefined;
  const isOld =
    before?.current_status === 'FAILED' &&
    before.failure_reason === now.failure_reason &&
    before.status_timestamp === now.status_timestamp;
  return isOld ? undefined : now.failure_reason || 'no reason given';
}

/**
 * Where the ML node cannot be reached, the network node's status counts, when it is newer than the change.
 */
function judgeByListing(now: ListedState | undefined, before: ListedState | undefined, why: string): Serving {
  const isNews = now?.status_timestamp !== before?.status_timestamp;
  if (now?.current_status === 'INFERENCE' && isNews) {
    return {
      status: 'serving',
      text: 'the network node reports INFERENCE; this machine cannot reach the ML node',
    };
  }
  return { status: 'waiting', text: why };
}

function otherModel({ model }: ServingLook, loaded: string, listing: ListedNode | undefined): Serving {
  if (!epochModels(listing).includes(loaded) || epochModels(listing).includes(model)) {
    return { status: 'waiting', text: `the ML node still serves ${loaded}` };
  }
  return {
    status: 'waiting',
    text: `the network node keeps serving ${loaded}, the model of the running epoch, under this id`,
    advice: 'use a new id to serve it now, or wait for the next epoch: the new config is stored',
  };
}
