import type { Decimal } from '../decimal.js';
import type { ChainParams } from '../params.js';
import type { Participant } from '../participants.js';

/** Where models are named outside the parameters. */
export interface ModelEvidence {
  /** The governance catalogue: models that are approved for serving. */
  catalogue: string[];
  /** Of the present epoch; null: the node does not report it. */
  group: {
    /** Models that have a group of their own. */
    models: string[];
    /** Models whose compute counts as weight, with their coefficient (null: not computed yet). */
    weighed: ReadonlyMap<string, Decimal | null>;
  } | null;
}

/**
 * What the chain does with a model now.
 *
 * - `base`: it counts as weight, and is the first model of the network
 * - `active`: it counts as weight in the present epoch
 * - `launching`: it is in the PoC parameters, and does not count as weight yet
 * - `catalogued`: it may be served, and is not in PoC
 * - `removed`: the epoch or a host names it; the parameters and the catalogue do not
 * - `absent`: nothing names it
 */
export type ModelState = 'base' | 'active' | 'launching' | 'catalogued' | 'removed' | 'absent' | 'unknown';

/** A state, and the facts behind it. */
export interface ToldState {
  state: ModelState;
  evidence: string;
}

/** The facts that decide the state of a model. */
export interface StateInputs {
  params: ChainParams;
  participants: readonly Participant[];
  evidence: ModelEvidence;
}

const NOWHERE = 'neither in the PoC parameters nor in the catalogue';

/**
 * Finds a model's state. The epoch's group decides: a model in the parameters counts as weight only when the
 * group has a coefficient for it.
 *
 * @param isKnown another source has the name (a stored choice, a reference), so the model existed once
 */
export function modelState(
  modelId: string,
  { params, participants, evidence: { catalogue, group } }: StateInputs,
  isKnown = false,
): ToldState {
  const servers = participants.filter(({ models, weight }) => weight > 0n && models.includes(modelId)).length;
  const served = servers === 1 ? '1 host with weight serves it' : `${servers} hosts with weight serve it`;
  const weighed = params.initialModelId === modelId ? 'base' : 'active';
  if (!params.models.some((model) => model.modelId === modelId)) {
    const inEpoch = group?.models.includes(modelId) || group?.weighed.has(modelId) || servers > 0;
    const until = inEpoch ? ', but the current epoch still has it' : '';
    if (catalogue.includes(modelId))
      return { state: 'catalogued', evidence: `in the catalogue, not in the PoC parameters${until}` };
    if (inEpoch) return { state: 'removed', evidence: `${NOWHERE}${until}` };
    return isKnown
      ? { state: 'removed', evidence: `${NOWHERE}: governance removed it or never approved it` }
      : { state: 'absent', evidence: 'not on the chain' };
  }
  if (group === null)
    return { state: 'unknown', evidence: `the node does not report the epoch's group, and ${served}` };
  if (group.weighed.has(modelId))
    return { state: weighed, evidence: `it has weight in the epoch's group, and ${served}` };
  if (group.models.includes(modelId))
    return { state: 'launching', evidence: `it is in the epoch's group without weight, and ${served}` };
  // Every model of a host has a group. Where the answers disagree, they are from different moments.
  if (servers > 0) return { state: weighed, evidence: `${served}, and it is not in the epoch's group yet` };
  return { state: 'launching', evidence: "in the PoC parameters, not in the epoch's group" };
}

/** Whether hosts get weight for the model: it has no bootstrap any more. */
export function isWeighed(state: ModelState): boolean {
  return state === 'base' || state === 'active';
}

/** Why the requested model is not in PoC, in one phrase. */
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
