import { listDeployConfigs } from '../models/deploy-config.js';
import { findModel } from '../models/load.js';
import type { ModelFile } from '../models/model-file.js';
import { gpusPerReplica } from './serve-args.js';

/** What the checks of a change want to know of a model, beside what chain and nodes tell. */
export interface ModelFacts {
  /** null: no file tells of it. */
  file: ModelFile | null;
  /** Nonces of this length in its PoC; null where neither the chain nor anybody else tells. */
  seqLen: number | null;
  /** GPUs that a replica takes in each known config. */
  published: { gpu: string; gpusPerReplica: number }[];
}

/** @param seqLen as the chain says it */
export async function modelFacts(model: string, seqLen: number | null): Promise<ModelFacts> {
  const [known, configs] = await Promise.all([findModel(model), listDeployConfigs()]);
  return {
    file: known?.file ?? null,
    seqLen,
    published: configs.flatMap((each) =>
      'config' in each && each.config.model === model
        ? [{ gpu: each.config.gpu, gpusPerReplica: gpusPerReplica(each.config.args) }]
        : [],
    ),
  };
}
