import type { Decimal } from '../decimal.js';
import type { ChainParams } from '../params.js';
import type { Participant } from '../participants.js';

/** Where models are named beside the parameters. */
export interface ModelEvidence {
  /** The governance catalogue: what may be served. */
  catalogue: string[];
  /** Of the present epoch; null: the node does not tell. */
  group: {
    /** Models that have a group of their own. */
    models: string[];
    /** Models whose compute counts as weight, with their coefficient (null: not computed yet). */
    weighed: ReadonlyMap<string, Decimal | null>;
  } | null;
}

/**
 * What a model is to the chain now.
 *
 * - `base`: weighed, and the model that the network began with
 * - `active`: weighed in the present epoch
 * - `launching`: in the PoC parameters, not weighed yet
 * - `catalogued`: may be served, and is not in PoC
 * - `removed`: named by the epoch or a host, and by neither parameters nor catalogue
 * - `absent`: named nowhere
 */
export type ModelState = 'base' | 'active' | 'launching' | 'catalogued' | 'removed' | 'absent' | 'unknown';

/** A state, and what it rests on. */
export interface ToldState {
  state: ModelState;
  evidence: string;
}

/** What the state of a model is told from. */
export interface StateInputs {
  params: ChainParams;
  participants: readonly Participant[];
  evidence: ModelEvidence;
}

const NOWHERE = 'neither in the PoC parameters nor in the catalogue';

/**
 * Tells a model's state. The group of the epoch rules: a model that the parameters list is weighed only when
 * the group has a scale for it.
 *
 * @param isKnown the name is known from elsewhere (a stored choice, a reference): it was there once
 */
export function modelState(
  modelId: string,
  { params, participants, evidence: { catalogue, group } }: StateInputs,
  isKnown = false,
): ToldState {
  const servers = participants.filter(({ models, weight }) => weight > 0n && models.includes(modelId)).length;
  const served = `${servers} hosts with weight serve it`;
  const weighed = params.initialModelId === modelId ? 'base' : 'active';
  if (!params.models.some((model) => model.modelId === modelId)) {
    const inEpoch = group?.models.includes(modelId) || group?.weighed.has(modelId) || servers > 0;
    const until = inEpoch ? '; the current epoch still has it' : '';
    if (catalogue.includes(modelId))
      return { state: 'catalogued', evidence: `in the catalogue, not in the PoC parameters${until}` };
    if (inEpoch) return { state: 'removed', evidence: `${NOWHERE}${until}` };
    return isKnown
      ? { state: 'removed', evidence: `${NOWHERE}: governance removed it or never approved it` }
      : { state: 'absent', evidence: 'not on the chain' };
  }
  if (group === null)
    return { state: 'unknown', evidence: `the node does not report the epoch's group; ${served}` };
  if (group.weighed.has(modelId))
    return { state: weighed, evidence: `it has weight in the epoch's group; ${served}` };
  if (group.models.includes(modelId))
    return { state: 'launching', evidence: `it is in the epoch's group without weight; ${served}` };
  // Every host's model has a group: where the answers differ they are of two moments.
  if (servers > 0) return { state: weighed, evidence: `${served}; it is not in the epoch's group yet` };
  return { state: 'launching', evidence: "in the PoC parameters, not in the epoch's group" };
}

/** A model that hosts are weighed by: there is no bootstrap for it any more. */
export function isWeighed(state: ModelState): boolean {
  return state === 'base' || state === 'active';
}

/** Why a model that was asked for is not in PoC, in one phrase. */
export function notInPocText(modelId: string, { state, evidence }: ToldState): string {
  switch (state) {
    case 'catalogued':
      return `"${modelId}" is ${evidence}: governance removed it from PoC, or has not added it yet`;
    case 'removed':
      return `model "${modelId}" is removed: it is ${evidence}`;
    default:
      return `model "${modelId}" is not in the chain's PoC parameters`;
  }
}
