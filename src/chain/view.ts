import { AssayError } from '../errors.js';
import { type BlockPace, measureBlockPace } from './block-pace.js';
import { type Epochs, readEpochs } from './epochs.js';
import { readGovernanceModels } from './models.js';
import { type ChainParams, type ModelParams, readParams } from './params.js';
import { type Participant, readParticipants } from './participants.js';
import type { ReadOptions } from './read.js';
import { readChainVersion } from './rpc.js';
import { type ModelEvidence, modelState, notInPocText, type ToldState } from './rules/model-state.js';
import { readCurrentGroup } from './stage/read.js';
import { coefficientOf } from './stage/stage.js';

/** The present state of the chain: every judgement starts from it. */
export interface ChainView {
  epochs: Epochs;
  params: ChainParams;
  participants: Participant[];
  pace: BlockPace;
  /** Empty where the node does not report it. */
  version: string;
  /** Where each model is named: this decides its state. */
  evidence: ModelEvidence;
}

/** Reads the chain's present state, with its parts in parallel. */
export async function readChainView(nodeUrl: string, options?: ReadOptions): Promise<ChainView> {
  const [epochs, params, { participants }, pace, version, evidence] = await Promise.all([
    readEpochs(nodeUrl, options),
    readParams(nodeUrl, options),
    readParticipants(nodeUrl, options),
    measureBlockPace(nodeUrl, options),
    readChainVersion(nodeUrl, options),
    readModelEvidence(nodeUrl, options),
  ]);
  return { epochs, params, participants, pace, version, evidence };
}

/** Reads where models are named: the governance catalogue, and the group of the present epoch. */
async function readModelEvidence(nodeUrl: string, options?: ReadOptions): Promise<ModelEvidence> {
  const [catalogue, group] = await Promise.all([
    readGovernanceModels(nodeUrl, options),
    readCurrentGroup(nodeUrl, options),
  ]);
  const data = group?.epoch_group_data;
  return {
    catalogue: catalogue.map(({ id }) => id),
    group: data
      ? {
          models: data.sub_group_models ?? [],
          weighed: new Map(
            (data.confirmation_weight_scales ?? []).map((scale) => [scale.model_id, coefficientOf(scale)]),
          ),
        }
      : null,
  };
}

/**
 * The entry of a model that governance has put into PoC, and the model's state.
 *
 * @param isKnownName called when the chain does not name the model: whether another source, such as a
 *   reference, has the name, so that it is not a misspelling
 * @throws AssayError saying whether it was removed, is only catalogued, or is not named at all
 */
export async function requireInPoc(
  view: Pick<ChainView, 'params' | 'participants' | 'evidence'>,
  model: string,
  isKnownName: (model: string) => Promise<boolean>,
): Promise<{ entry: ModelParams; state: ToldState }> {
  const entry = view.params.models.find(({ modelId }) => modelId === model);
  if (entry !== undefined) return { entry, state: modelState(model, view) };
  const state = modelState(model, view, await isKnownName(model));
  const known = view.params.models.map(({ modelId }) => modelId).join(', ') || 'none';
  throw new AssayError(notInPocText(model, state), {
    advice:
      state.state === 'absent'
        ? `check the spelling; known are: ${known}`
        : `no choice is needed or possible for it; in PoC are: ${known}`,
  });
}

/** Reasons not to trust a view; empty when there are none. */
export function viewWarnings({ pace, epochs, participants }: ChainView): string[] {
  const warnings: string[] = [];
  if (pace.catchingUp)
    warnings.push(`the node is catching up: its height ${pace.height} is behind the chain`);
  if (epochs.isConfirmationPocActive)
    warnings.push('confirmation PoC is active: the weight of nodes is measured now');
  if (participants.length === 0) warnings.push('the epoch has no participants');
  return warnings;
}
