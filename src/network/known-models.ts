import { listDeployConfigs } from '../models/deploy-config.js';
import { findModel } from '../models/load.js';
import type { ModelFile } from '../models/model-file.js';
import { gpusPerReplica } from './serve-args.js';

/** Facts about a model that the checks of a change need, in addition to those from chain and nodes. */
export interface ModelFacts {
  /** null: no file has it. */
  file: ModelFile | null;
  /** Sequence length of the nonces in its PoC; null where neither the chain nor a file has it. */
  seqLen: number | null;
  /** GPUs of one replica in each known config. */
  published: { gpu: string; gpusPerReplica: number }[];
}

/** @param seqLen the chain's value */
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
