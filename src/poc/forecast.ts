import { type Decimal, truncatedShare } from '../chain/decimal.js';
import type { ChainPocParams } from '../chain/params.js';

/** What a coming PoC is reckoned from. */
export interface ForecastInputs {
  /** Nonces per second, over all nodes of the host. */
  noncesPerSecond: number;
  /** Measured time of a block, in milliseconds. */
  msPerBlock: number;
  poc: Pick<ChainPocParams, 'normalised' | 'pocStageDuration'>;
  /** Null: not known. */
  coefficient: Decimal | null;
}

/** What a PoC should come to; an estimate, since nobody knows the blocks to come. */
export interface WeightForecast {
  seconds: number;
  /** Nonces that should be committed. */
  nonces: bigint;
  /** Corrected for the speed of the blocks. */
  raw: bigint;
  /** Null: the coefficient is not known. */
  weight: bigint | null;
}

/** Seconds that the chain plans for a block. */
const PLANNED_BLOCK_S = 5.41;

/**
 * Nonces per second × seconds of the stage, × normalisation × coefficient. The correction takes slow and fast
 * blocks out again, so that with it the weight hangs on the number of blocks alone.
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
