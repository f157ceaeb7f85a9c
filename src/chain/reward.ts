import validateReward from '../schemas/generated/chain-reward.js';
import { toBigInt, toNumber, type WireInteger } from './integer.js';
import { isRefused, type ReadOptions, readNode } from './read.js';

/** What the chain would pay a host now, in ngonka, with delegations and penalties included. */
export interface EstimatedReward {
  epoch: number;
  rewardCoins: bigint;
  workCoins: bigint;
}

interface WireReward {
  settle_amount: {
    reward_coins?: WireInteger | null;
    work_coins?: WireInteger | null;
    epoch_index?: WireInteger | null;
  };
}

/** Reads `estimate_bitcoin_reward` (v0.2.14+); null where the node does not report it for this host. */
export async function readReward(
  nodeUrl: string,
  address: string,
  options?: ReadOptions,
): Promise<EstimatedReward | null> {
  try {
    const { settle_amount } = await readNode<WireReward>(
      nodeUrl,
      `/chain-api/productscience/inference/inference/estimate_bitcoin_reward/${encodeURIComponent(address)}`,
      validateReward,
      options,
    );
    return {
      epoch: toNumber(settle_amount.epoch_index),
      rewardCoins: toBigInt(settle_amount.reward_coins),
      workCoins: toBigInt(settle_amount.work_coins),
    };
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

/** Nanogonka in the form for people: `1234.5 GNK`. */
export function coinText(ngonka: bigint): string {
  const whole = ngonka / 1_000_000_000n;
  const rest = String(ngonka % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${whole}${rest === '' ? '' : `.${rest.slice(0, 3)}`} GNK`;
}

/** An estimate in words for people. */
export function rewardText({ epoch, rewardCoins, workCoins }: EstimatedReward): string {
  const coins = coinText(rewardCoins);
  return workCoins === 0n
    ? `${coins} in epoch ${epoch} (the chain's own estimate)`
    : `${coins} and ${coinText(workCoins)} for work in epoch ${epoch} (the chain's own estimate)`;
}
