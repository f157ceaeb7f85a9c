import validateModels from '../schemas/generated/chain-models.js';
import { type ReadOptions, readNode } from './read.js';

/** A model of the governance registry. */
export interface GovernanceModel {
  id: string;
  hfRepo: string;
  hfCommit: string;
  /** Arguments that win over a node's own of the same flag. */
  modelArgs: string[];
}

interface WireModels {
  model?:
    | { id: string; hf_repo?: string | null; hf_commit?: string | null; model_args?: string[] | null }[]
    | null;
}

/** Reads the governance registry (`models_all`): what is approved to be served. */
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

/** The registered model of a governance id; undefined where governance has none. */
export async function findGovernanceModel(
  nodeUrl: string,
  model: string,
  options?: ReadOptions,
): Promise<GovernanceModel | undefined> {
  return (await readGovernanceModels(nodeUrl, options)).find(({ id }) => id === model);
}
