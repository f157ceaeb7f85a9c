import validateModels from '../schemas/generated/chain-models.js';
import { type ReadOptions, readNode } from './read.js';

/** A model in the governance registry. */
export interface GovernanceModel {
  id: string;
  hfRepo: string;
  hfCommit: string;
  /** Arguments that override a node's own arguments of the same flag. */
  modelArgs: string[];
}

interface WireModels {
  model?:
    | { id: string; hf_repo?: string | null; hf_commit?: string | null; model_args?: string[] | null }[]
    | null;
}

/** Reads the governance registry (`models_all`): the models that are approved for serving. */
export async function readGovernanceModels(
  nodeUrl: string,
  options?: ReadOptions,
): Promise<GovernanceModel[]> {
  const wire = await readNode<WireModels>(
    nodeUrl,
    '/chain-api/productscience/inference/inference/models_all',
    validateModels,
    options,
  );
  return (wire.model ?? []).map((model) => ({
    id: model.id,
    hfRepo: model.hf_repo ?? '',
    hfCommit: model.hf_commit ?? '',
    modelArgs: model.model_args ?? [],
  }));
}

/** The registered model with a governance id; undefined where governance has none. */
export async function findGovernanceModel(
  nodeUrl: string,
  model: string,
  options?: ReadOptions,
): Promise<GovernanceModel | undefined> {
  return (await readGovernanceModels(nodeUrl, options)).find(({ id }) => id === model);
}
