import type { WireDecimal } from '../decimal.js';
import type { WireInteger } from '../integer.js';

/**
 * The chain's answers about a PoC stage, unchanged: integers are numbers or text; zero fields and empty lists
 * may be absent.
 */

type Maybe<T> = T | null | undefined;

export interface WireCommits {
  commits?: Maybe<
    {
      participant_address: string;
      count?: Maybe<WireInteger>;
      /** base64 */
      root_hash?: Maybe<string>;
      model_id?: Maybe<string>;
    }[]
  >;
}

export interface WireDistributions {
  distributions?: Maybe<
    {
      participant_address: string;
      model_id?: Maybe<string>;
      weights?: Maybe<{ node_id?: Maybe<string>; weight?: Maybe<WireInteger> }[]>;
    }[]
  >;
}

export interface WireValidations {
  poc_validation?: Maybe<
    {
      participant: string;
      model_id?: Maybe<string>;
      poc_validation?: Maybe<
        {
          validator_participant_address: string;
          validated_weight?: Maybe<WireInteger>;
          model_id?: Maybe<string>;
        }[]
      >;
    }[]
  >;
}

export interface WireSnapshot {
  found?: Maybe<boolean>;
  snapshot?: Maybe<{
    poc_stage_start_height?: Maybe<WireInteger>;
    snapshot_height?: Maybe<WireInteger>;
    app_hash?: Maybe<string>;
    generation_start_timestamp?: Maybe<WireInteger>;
    exchange_end_timestamp?: Maybe<WireInteger>;
    total_network_weight?: Maybe<WireInteger>;
    model_voting_powers?: Maybe<
      { model_id: string; voting_powers?: Maybe<{ address: string; voting_power?: Maybe<WireInteger> }[]> }[]
    >;
  }>;
}

/** A model's coefficient in an epoch; until v0.2.15 `weight_scale_factor`, then `effective_coefficient`. */
export interface WireScale {
  model_id: string;
  weight_scale_factor?: Maybe<WireDecimal>;
  effective_coefficient?: Maybe<WireDecimal>;
}

export interface WireCoefficients {
  coefficients?: Maybe<WireScale[]>;
}

export interface WireEpochGroup {
  epoch_group_data: {
    epoch_index?: Maybe<WireInteger>;
    poc_start_block_height?: Maybe<WireInteger>;
    sub_group_models?: Maybe<string[]>;
    confirmation_weight_scales?: Maybe<WireScale[]>;
    validation_weights?: Maybe<
      {
        member_address: string;
        weight?: Maybe<WireInteger>;
        confirmation_weight?: Maybe<WireInteger>;
        ml_nodes?: Maybe<{ node_id?: Maybe<string>; poc_weight?: Maybe<WireInteger> }[]>;
      }[]
    >;
  };
}
