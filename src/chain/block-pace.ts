import type { ReadOptions } from './read.js';
import { readBlockTime, readSyncInfo, rpcSays } from './rpc.js';

/** The newest block, and the time between blocks. */
export interface BlockPace {
  height: number;
  time: Date;
  /** Mean over the last blocks, in milliseconds. */
  msPerBlock: number;
  catchingUp: boolean;
}

/** Some hours of mainnet: long enough that fifteen slow minutes do not shift the forecast. */
const LOOK_BACK = 2_000;
/** A shorter span, which a node that has pruned old blocks still has. */
const SHORT_LOOK_BACK = 100;

/** Measures the block time from headers, since the chain has no constant for it. */
export async function measureBlockPace(nodeUrl: string, options?: ReadOptions): Promise<BlockPace> {
  const { height, time, catchingUp } = await readSyncInfo(nodeUrl, options);
  const meanSince = async (blocks: number) => {
    const back = Math.min(blocks, height - 1);
    if (back < 1) return 0;
    const earlier = await readBlockTime(nodeUrl, height - back, options);
    return Math.max(0, (time.getTime() - earlier.getTime()) / back);
  };
  const msPerBlock = await meanSince(LOOK_BACK).catch((error) => {
    if (rpcSays(error, /not available|lowest height|pruned/i)) return meanSince(SHORT_LOOK_BACK);
    throw error;
  });
  return { height, time, msPerBlock, catchingUp };
}

/** The time at which a height is expected, or was reached, at the present block time. */
export function expectedTime(height: number, { height: now, time, msPerBlock }: BlockPace): Date {
  return new Date(time.getTime() + (height - now) * msPerBlock);
}
