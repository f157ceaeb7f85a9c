import { type Decimal, truncatedShare } from '../chain/decimal.js';
import type { ChainPocParams } from '../chain/params.js';

/** The facts for the forecast of a coming PoC. */
export interface ForecastInputs {
  /** Nonces per second, over all nodes of the host. */
  noncesPerSecond: number;
  /** Measured time of a block, in milliseconds. */
  msPerBlock: number;
  poc: Pick<ChainPocParams, 'normalised' | 'pocStageDuration'>;
  /** Null: not known. */
  coefficient: Decimal | null;
}

/** The expected results of a PoC. This is an estimate, because the times of future blocks are not known. */
export interface WeightForecast {
  seconds: number;
  /** Expected number of committed nonces. */
  nonces: bigint;
  /** The number after the correction for the speed of the blocks. */
  raw: bigint;
  /** Null: the coefficient is not known. */
  weight: bigint | null;
}

/** Seconds that the chain plans for a block. */
const PLANNED_BLOCK_S = 5.41;

/**
 * Nonces per second × seconds of the stage, × normalisation × coefficient. The correction cancels slow and
 * fast blocks: with it, the weight depends only on the number of blocks.
 */
export function forecastWeight(inputs: ForecastInputs): WeightForecast {
  const { noncesPerSecond, msPerBlock, poc, coefficient } = inputs;
  const seconds = (poc.pocStageDuration * msPerBlock) / 1000;
  const nonces = noncesPerSecond * seconds;
  const factor = poc.normalised && msPerBlock > 0 ? PLANNED_BLOCK_S / (msPerBlock / 1000) : 1;
  const raw = BigInt(Math.floor(nonces * factor));
  return {
    seconds,
    nonces: BigInt(Math.floor(nonces)),
    raw,
    weight: coefficient === null ? null : truncatedShare(coefficient, raw),
  };
}
