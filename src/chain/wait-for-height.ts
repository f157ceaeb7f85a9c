import { setTimeout as sleep } from 'node:timers/promises';
import { type Patience, patiently } from './patience.js';
import { readSyncInfo } from './rpc.js';

export interface HeightWait extends Patience {
  /** Measured block time, in milliseconds. */
  msPerBlock: number;
  onHeight(height: number): void;
}

const MIN_POLL_MS = 100;
const MAX_POLL_MS = 60_000;

/** Waits until the chain has a block, through errors and restarts of the node. */
export async function waitForHeight(nodeUrl: string, target: number, wait: HeightWait): Promise<number> {
  const { signal, msPerBlock, onHeight } = wait;
  let highest = 0;
  for (;;) {
    const { height } = await patiently(() => readSyncInfo(nodeUrl, { signal, retries: 0 }), wait);
    // A node that restarts may report an older block for a while.
    highest = Math.max(highest, height);
    onHeight(highest);
    if (highest >= target) return highest;
    // Wait half of the remaining time, then half again: few polls far away, about one per block near the end.
    const distanceMs = (target - highest) * msPerBlock;
    await sleep(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, distanceMs / 2)), undefined, { signal });
  }
}
