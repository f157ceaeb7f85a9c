import { setTimeout as sleep } from 'node:timers/promises';
import { type Choice, readChoice, sameChoice } from '../chain/choice.js';
import { type Patience, patiently } from '../chain/patience.js';
import { type IncludedTx, readTx } from '../chain/rpc.js';

const POLL_MS = { least: 100, most: 3_000 };
/** Blocks that the REST side may need to show what a block has changed. */
const BLOCKS_TO_SHOW = 5;

/** Waits until a transaction is in a block; the signal limits how long. */
export async function waitForTx(
  nodeUrl: string,
  hash: string,
  msPerBlock: number,
  patience: Patience,
): Promise<IncludedTx> {
  for (;;) {
    const tx = await patiently(
      () => readTx(nodeUrl, hash, { signal: patience.signal, retries: 0 }),
      patience,
    );
    if (tx !== undefined) return tx;
    await pollPause(msPerBlock, patience.signal);
  }
}

/** Reads back what is stored, until it is what was asked or some blocks have passed. */
export async function readBackChoice(
  nodeUrl: string,
  address: string,
  model: string,
  wanted: Choice,
  msPerBlock: number,
  patience: Patience,
): Promise<Choice> {
  for (let attempt = 0; ; attempt++) {
    const stored = await patiently(
      () => readChoice(nodeUrl, address, model, { signal: patience.signal, retries: 0 }),
      patience,
    );
    if (sameChoice(stored, wanted) || attempt >= 2 * BLOCKS_TO_SHOW) return stored;
    await pollPause(msPerBlock, patience.signal);
  }
}

async function pollPause(msPerBlock: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(POLL_MS.most, Math.max(POLL_MS.least, msPerBlock / 2)), undefined, { signal });
}
