import validateCoefficients from '../../schemas/generated/chain-coefficients.js';
import validateEpochGroup from '../../schemas/generated/chain-epoch-group.js';
import validateCommits from '../../schemas/generated/poc-commits.js';
import validateDistributions from '../../schemas/generated/poc-distributions.js';
import validateSnapshot from '../../schemas/generated/poc-snapshot.js';
import validateValidations from '../../schemas/generated/poc-validations.js';
import { isAbsent, isPruned, isRefused, type ReadOptions, readNode } from '../read.js';
import type {
  WireCoefficients,
  WireCommits,
  WireDistributions,
  WireEpochGroup,
  WireSnapshot,
  WireValidations,
} from './wire.js';

const BASE = '/chain-api/productscience/inference/inference';

/** What hosts have committed in the stage that begins at a height. */
export function readCommits(nodeUrl: string, height: number, options?: ReadOptions): Promise<WireCommits> {
  return readNode(nodeUrl, `${BASE}/all_poc_v2_store_commits/${height}`, validateCommits, options);
}

/** Reads how hosts have divided their commits among their nodes. */
export function readDistributions(
  nodeUrl: string,
  height: number,
  options?: ReadOptions,
): Promise<WireDistributions> {
  return readNode(
    nodeUrl,
    `${BASE}/all_mlnode_weight_distributions/${height}`,
    validateDistributions,
    options,
  );
}

/** Every vote of a stage. */
export function readValidations(
  nodeUrl: string,
  height: number,
  options?: ReadOptions,
): Promise<WireValidations> {
  return readNode(nodeUrl, `${BASE}/poc_v2_validations_for_stage/${height}`, validateValidations, {
    ...options,
    isLarge: true,
  });
}

/**
 * The voting powers of a stage; `found` is false before its validation starts, and after the epoch is formed.
 */
export async function readStageSnapshot(
  nodeUrl: string,
  height: number,
  options?: ReadOptions,
): Promise<WireSnapshot> {
  try {
    return await readNode(nodeUrl, `${BASE}/poc_validation_snapshot/${height}`, validateSnapshot, options);
  } catch (error) {
    if (isAbsent(error)) return { found: false };
    throw error;
  }
}

/**
 * The coefficients of an epoch (0: the present one); null on a chain before v0.2.16, which has none.
 */
export function readCoefficients(
  nodeUrl: string,
  epoch: number,
  options?: ReadOptions,
): Promise<WireCoefficients | null> {
  return orNull(() =>
    readNode<WireCoefficients>(
      nodeUrl,
      `${BASE}/dynamic_coefficients/${epoch}`,
      validateCoefficients,
      options,
    ),
  );
}

/** The group of an epoch, or of one of its models; null where the chain has none, or deleted it. */
export function readEpochGroup(
  nodeUrl: string,
  epoch: number,
  model: string | undefined,
  options?: ReadOptions,
): Promise<WireEpochGroup | null> {
  const query = model === undefined ? '' : `?${new URLSearchParams({ model_id: model })}`;
  return orNull(() =>
    readNode<WireEpochGroup>(
      nodeUrl,
      `${BASE}/epoch_group_data/${epoch}${query}`,
      validateEpochGroup,
      options,
    ),
  );
}

/** The group of the present epoch; null where the node does not know the query. */
export function readCurrentGroup(nodeUrl: string, options?: ReadOptions): Promise<WireEpochGroup | null> {
  return orNull(() =>
    readNode<WireEpochGroup>(nodeUrl, `${BASE}/current_epoch_group_data`, validateEpochGroup, options),
  );
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isRefused(error) && !isPruned(error)) return null;
    throw error;
  }
}
