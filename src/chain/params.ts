import { AssayError } from '../errors.js';
import validateParams from '../schemas/generated/chain-params.js';
import { accountOfOperator } from './address.js';
import { type Decimal, toDecimal, type WireDecimal } from './decimal.js';
import { toBigInt, toNumber, type WireInteger } from './integer.js';
import { type ReadOptions, readNode } from './read.js';

/** The chain's parameters that this project computes with. */
export interface ChainParams {
  models: ModelParams[];
  delegation: DelegationParams;
  poc: ChainPocParams;
  /** The first model of the network; empty: the node does not say. */
  initialModelId: string;
  /** Account addresses of the genesis guardians. */
  guardians: string[];
}

/** How the chain judges a stage and weighs its counts. */
export interface ChainPocParams {
  /** 0: votes count by voting power instead of slots. */
  validationSlots: number;
  /** Part of the slots (or of the weight) that a majority must exceed, in ten-thousandths. */
  thresholdBps: bigint;
  /** Nonces that a validator checks. */
  sampleSize: number;
  /** Whether counts are corrected for slow and for fast blocks. */
  normalised: boolean;
  /** Blocks of the generation, and of the exchange that follows it. */
  pocStageDuration: number;
  pocExchangeDuration: number;
}

/** Distances above `distThreshold` are mismatches; an honest node has mismatches at the rate `pMismatch`. */
export interface StatTest {
  distThreshold: Decimal;
  pMismatch: Decimal;
  pValueThreshold: Decimal;
}

/** The scheme by which a model is measured in PoC. */
export interface ChainScheme {
  scheme: string;
  seqLen: number;
  statTest: StatTest | null;
}

export const PREFILL_SCHEME = 'POC_SCHEME_PREFILL';
const DECODE_SCHEME = 'POC_SCHEME_DECODE';

/** A model that governance has put into PoC. */
export interface ModelParams {
  modelId: string;
  /** The test of the present scheme. */
  seqLen: number;
  statTest: StatTest | null;
  /** The present scheme; chains before v0.2.17 have prefill only. */
  scheme: string;
  /** The tests by scheme, from v0.2.17 on; empty where the chain keeps only one set. */
  schemes: ChainScheme[];
  /** Null: not in the parameters. From v0.2.16 on the epoch has the coefficient instead. */
  weightScaleFactor: Decimal | null;
  /** Penalties apply from this epoch on; 0: always. */
  penaltyStartEpoch: number;
}

export interface DelegationParams {
  /** Blocks between snapshot and PoC start; zero or less: no snapshot is taken. */
  deployWindow: number;
  refusalPenalty: Decimal;
  noParticipationPenalty: Decimal;
  delegationShare: Decimal;
  wThreshold: Decimal;
  vMin: number;
  maxModelVotingPowerPercentage: Decimal;
}

type Maybe<T> = T | null | undefined;

type WireStatTest = Maybe<{
  dist_threshold?: WireDecimal | null;
  p_mismatch?: WireDecimal | null;
  p_value_threshold?: WireDecimal | null;
}>;

interface WireModel {
  model_id: string;
  seq_len?: WireInteger | null;
  stat_test?: WireStatTest;
  schemes?: Maybe<
    { scheme?: string | number | null; seq_len?: WireInteger | null; stat_test?: WireStatTest }[]
  >;
  weight_scale_factor?: WireDecimal | null;
  penalty_start_epoch?: WireInteger | null;
}

/** The answer of `params`, in all shapes that chains have used. */
export interface WireParams {
  params: {
    poc_params: {
      models?: Maybe<WireModel[]>;
      validation_slots?: WireInteger | null;
      validation_vote_threshold_bps?: WireInteger | null;
      validation_sample_size?: WireInteger | null;
      poc_normalization_enabled?: boolean | null;
      poc_scheme?: string | number | null;
    };
    epoch_params?: Maybe<{
      poc_stage_duration?: WireInteger | null;
      poc_exchange_duration?: WireInteger | null;
    }>;
    delegation_params?: Maybe<{
      deploy_window?: WireInteger | null;
      refusal_penalty?: WireDecimal | null;
      no_participation_penalty?: WireDecimal | null;
      delegation_share?: WireDecimal | null;
      w_threshold?: WireDecimal | null;
      v_min?: WireInteger | null;
      initial_model_id?: string | null;
      max_model_voting_power_percentage?: WireDecimal | null;
    }>;
    genesis_guardian_params?: Maybe<{ guardian_addresses?: string[] | null }>;
  };
}

/** Reads the chain's `params`. */
export async function readParams(nodeUrl: string, options?: ReadOptions): Promise<ChainParams> {
  return paramsOf(await readWireParams(nodeUrl, options));
}

/** Reads the same answer unparsed, for callers that store it. */
export function readWireParams(nodeUrl: string, options?: ReadOptions): Promise<WireParams> {
  return readNode<WireParams>(
    nodeUrl,
    '/chain-api/productscience/inference/inference/params',
    validateParams,
    options,
  );
}

/** Parses an answer of `params`. */
export function paramsOf({ params }: WireParams): ChainParams {
  const delegation = params.delegation_params;
  const poc = params.poc_params;
  const inForce = schemeName(poc.poc_scheme);
  return {
    models: (poc.models ?? []).map((model) => modelOf(model, inForce)),
    delegation: {
      deployWindow: toNumber(delegation?.deploy_window),
      refusalPenalty: toDecimal(delegation?.refusal_penalty),
      noParticipationPenalty: toDecimal(delegation?.no_participation_penalty),
      delegationShare: toDecimal(delegation?.delegation_share),
      wThreshold: toDecimal(delegation?.w_threshold),
      vMin: toNumber(delegation?.v_min),
      maxModelVotingPowerPercentage: toDecimal(delegation?.max_model_voting_power_percentage),
    },
    poc: {
      validationSlots: Math.max(0, toNumber(poc.validation_slots)),
      thresholdBps: toBigInt(poc.validation_vote_threshold_bps) || DEFAULT_THRESHOLD_BPS,
      sampleSize: toNumber(poc.validation_sample_size) || DEFAULT_SAMPLE_SIZE,
      normalised: poc.poc_normalization_enabled ?? false,
      pocStageDuration: toNumber(params.epoch_params?.poc_stage_duration),
      pocExchangeDuration: toNumber(params.epoch_params?.poc_exchange_duration),
    },
    initialModelId: delegation?.initial_model_id ?? '',
    guardians: (params.genesis_guardian_params?.guardian_addresses ?? []).map(
      (operator) => accountOfOperator(operator) ?? operator,
    ),
  };
}

/** The defaults of the chain's code, used where governance has set nothing. */
const DEFAULT_THRESHOLD_BPS = 5_000n;
const DEFAULT_SAMPLE_SIZE = 200;

/**
 * Reads a model in the flat shape or, from v0.2.17 on, with a block for each scheme. The present scheme's
 * block counts.
 */
function modelOf(model: WireModel, inForce: string): ModelParams {
  const schemes = (model.schemes ?? []).map((block) => ({
    scheme: schemeName(block.scheme),
    seqLen: toNumber(block.seq_len),
    statTest: statTestOf(block.stat_test),
  }));
  const own =
    schemes.find(({ scheme }) => scheme === inForce) ?? (schemes.length === 1 ? schemes[0] : undefined);
  const factor = toDecimal(model.weight_scale_factor);
  return {
    modelId: model.model_id,
    seqLen: toNumber(model.seq_len) || (own?.seqLen ?? 0),
    statTest: statTestOf(model.stat_test) ?? own?.statTest ?? null,
    scheme: own?.scheme ?? inForce,
    schemes,
    weightScaleFactor: factor.isZero() ? null : factor,
    penaltyStartEpoch: toNumber(model.penalty_start_epoch),
  };
}

/** An empty block means no test: a gateway may write one where the chain has none. */
function statTestOf(wire: WireStatTest): StatTest | null {
  const values = [wire?.dist_threshold, wire?.p_mismatch, wire?.p_value_threshold].map(toDecimal);
  const [distThreshold, pMismatch, pValueThreshold] = values as [Decimal, Decimal, Decimal];
  if (values.every((value) => value.isZero())) return null;
  return { distThreshold, pMismatch, pValueThreshold };
}

/** Zero means prefill, and a gateway omits zero. */
function schemeName(wire: string | number | null | undefined): string {
  if (typeof wire === 'string' && wire !== '' && !/^[0-9]+$/.test(wire)) return wire;
  return Number(wire ?? 0) === 0 ? PREFILL_SCHEME : Number(wire) === 1 ? DECODE_SCHEME : `scheme ${wire}`;
}

/**
 * The entry of a model that governance has put into PoC.
 *
 * @throws AssayError listing the models that are there
 */
export function requireModelParams(params: ChainParams, model: string): ModelParams {
  const entry = params.models.find(({ modelId }) => modelId === model);
  if (entry !== undefined) return entry;
  const known = params.models.map(({ modelId }) => modelId).join(', ') || 'none';
  throw new AssayError(`model "${model}" is not in the chain's PoC parameters`, {
    advice: `check the spelling; known are: ${known}`,
  });
}

/**
 * The chain's thresholds for a model's statistical test, with the field names of a golden reference.
 *
 * @param scheme the reference's scheme
 * @throws AssayError when the model or its test is not in the chain's parameters
 */
export async function readChainStatTest(
  nodeUrl: string,
  model: string,
  scheme: 'prefill' | 'decode' = 'prefill',
  options?: ReadOptions,
): Promise<{ dist_threshold: number; p_mismatch: number; fraud_threshold: number }> {
  const entry = requireModelParams(await readParams(nodeUrl, options), model);
  // Vectors are judged by the test of their own scheme, whichever scheme the chain uses now.
  const name = scheme === 'decode' ? DECODE_SCHEME : PREFILL_SCHEME;
  const own = entry.schemes.find((block) => block.scheme === name);
  const statTest = own?.statTest ?? (entry.scheme === name ? entry.statTest : null);
  if (statTest === null) {
    throw new AssayError(`the chain has no statistical test for model "${model}" in the ${scheme} scheme`, {
      advice: 'use the thresholds of the reference, or give --threshold and --p-mismatch',
    });
  }
  return {
    dist_threshold: statTest.distThreshold.toNumber(),
    p_mismatch: statTest.pMismatch.toNumber(),
    fraud_threshold: statTest.pValueThreshold.toNumber(),
  };
}
