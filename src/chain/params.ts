import { AssayError } from '../errors.js';
import validateParams from '../schemas/generated/chain-params.js';
import { accountOfOperator } from './address.js';
import { type Decimal, ONE, toDecimal, type WireDecimal } from './decimal.js';
import { toNumber, type WireInteger } from './integer.js';
import { type ReadOptions, readNode } from './read.js';

/** The chain's parameters that this project computes with. */
export interface ChainParams {
  models: ModelParams[];
  delegation: DelegationParams;
  /** Account addresses of the genesis guardians. */
  guardians: string[];
}

/** A model that governance has put into PoC. */
export interface ModelParams {
  modelId: string;
  seqLen: number;
  statTest: { distThreshold: Decimal; pMismatch: Decimal; pValueThreshold: Decimal } | null;
  weightScaleFactor: Decimal;
  /** Penalties apply to epochs from it on; 0 means always. */
  penaltyStartEpoch: number;
}

export interface DelegationParams {
  /** Blocks between snapshot and PoC start; not positive: no snapshot is taken. */
  deployWindow: number;
  refusalPenalty: Decimal;
  noParticipationPenalty: Decimal;
  delegationShare: Decimal;
  wThreshold: Decimal;
  vMin: number;
  maxModelVotingPowerPercentage: Decimal;
}

type Maybe<T> = T | null | undefined;

interface WireParams {
  params: {
    poc_params: {
      models?: Maybe<
        {
          model_id: string;
          seq_len?: WireInteger | null;
          stat_test?: Maybe<{
            dist_threshold?: WireDecimal | null;
            p_mismatch?: WireDecimal | null;
            p_value_threshold?: WireDecimal | null;
          }>;
          weight_scale_factor?: WireDecimal | null;
          penalty_start_epoch?: WireInteger | null;
        }[]
      >;
    };
    delegation_params?: Maybe<{
      deploy_window?: WireInteger | null;
      refusal_penalty?: WireDecimal | null;
      no_participation_penalty?: WireDecimal | null;
      delegation_share?: WireDecimal | null;
      w_threshold?: WireDecimal | null;
      v_min?: WireInteger | null;
      max_model_voting_power_percentage?: WireDecimal | null;
    }>;
    genesis_guardian_params?: Maybe<{ guardian_addresses?: string[] | null }>;
  };
}

/** Reads the chain's `params`. */
export async function readParams(nodeUrl: string, options?: ReadOptions): Promise<ChainParams> {
  const { params } = await readNode<WireParams>(
    nodeUrl,
    '/chain-api/productscience/inference/inference/params',
    validateParams,
    options,
  );
  const delegation = params.delegation_params;
  return {
    models: (params.poc_params.models ?? []).map((model) => ({
      modelId: model.model_id,
      seqLen: toNumber(model.seq_len),
      statTest: model.stat_test
        ? {
            distThreshold: toDecimal(model.stat_test.dist_threshold),
            pMismatch: toDecimal(model.stat_test.p_mismatch),
            pValueThreshold: toDecimal(model.stat_test.p_value_threshold),
          }
        : null,
      weightScaleFactor: scaleFactor(model.weight_scale_factor),
      penaltyStartEpoch: toNumber(model.penalty_start_epoch),
    })),
    delegation: {
      deployWindow: toNumber(delegation?.deploy_window),
      refusalPenalty: toDecimal(delegation?.refusal_penalty),
      noParticipationPenalty: toDecimal(delegation?.no_participation_penalty),
      delegationShare: toDecimal(delegation?.delegation_share),
      wThreshold: toDecimal(delegation?.w_threshold),
      vMin: toNumber(delegation?.v_min),
      maxModelVotingPowerPercentage: toDecimal(delegation?.max_model_voting_power_percentage),
    },
    guardians: (params.genesis_guardian_params?.guardian_addresses ?? []).map(
      (operator) => accountOfOperator(operator) ?? operator,
    ),
  };
}

/** The one decimal whose absence means one, not zero. */
function scaleFactor(wire: WireDecimal | null | undefined): Decimal {
  const factor = toDecimal(wire);
  return factor.isZero() ? ONE : factor;
}

/**
 * The entry of a model that governance has put into PoC.
 *
 * @throws AssayError listing those that are there
 */
export function requireModelParams(params: ChainParams, model: string): ModelParams {
  const entry = params.models.find(({ modelId }) => modelId === model);
  if (entry !== undefined) return entry;
  const known = params.models.map(({ modelId }) => modelId).join(', ') || 'none';
  throw new AssayError(`model "${model}" is not in the chain's PoC parameters`, {
    advice: `check the spelling; there are: ${known}`,
  });
}

/**
 * The chain's thresholds of a model's statistical test, in the words of a golden reference.
 *
 * @throws AssayError when the model or its test is not in the chain's parameters
 */
export async function readChainStatTest(
  nodeUrl: string,
  model: string,
  options?: ReadOptions,
): Promise<{ dist_threshold: number; p_mismatch: number; fraud_threshold: number }> {
  const { statTest } = requireModelParams(await readParams(nodeUrl, options), model);
  if (statTest === null) {
    throw new AssayError(`the chain has no statistical test for model "${model}"`, {
      advice: 'use the thresholds of the reference',
    });
  }
  return {
    dist_threshold: statTest.distThreshold.toNumber(),
    p_mismatch: statTest.pMismatch.toNumber(),
    fraud_threshold: statTest.pValueThreshold.toNumber(),
  };
}
