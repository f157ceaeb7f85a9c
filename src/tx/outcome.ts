import { setTimeout as sleep } from 'node:timers/promises';
import { readSequence } from '../chain/account.js';
import { type Choice, readChoice, sameChoice } from '../chain/choice.js';
import { type Patience, patiently } from '../chain/patience.js';
import { type IncludedTx, readSyncInfo, readTx, rpcSays } from '../chain/rpc.js';

/** A transaction that was sent, or may have been. */
export interface Attempt {
  wanted: Choice;
  /** null: not known. */
  hash: string | null;
  /** The account's sequence before it; null where the node does not tell. */
  sequence: bigint | null;
  /** Height of the chain when it was sent. */
  sentHeight: number;
}

/** How an attempt ended, as the chain has it. */
export type TxEnding =
  | { kind: 'in_block'; tx: IncludedTx }
  /** What was wanted is stored, and no hash tells in which block. */
  | { kind: 'stored' }
  /** It can arrive no more. */
  | { kind: 'lost'; why: string };

export interface Place {
  nodeUrl: string;
  address: string;
  /** The account that signs, where that differs. */
  account?: string | undefined;
  model: string;
  msPerBlock: number;
}

/** Blocks after which a transaction that no block has is taken for lost. */
export const LOST_AFTER_BLOCKS = 100;
/** Blocks that the node may need to show what a block has changed, everywhere. */
const BLOCKS_TO_SHOW = 5;
const POLL_MS = { least: 100, most: 3_000, later: 8_000 };
/** Looks at short distances; after them the node's limit of requests matters more. */
const QUICK_LOOKS = 30;

/**
 * Looks for a transaction until its end is known: a block has it, the chain has stored what it was to store, the
 * account's sequence has moved on without it, or 100 blocks have passed.
 *
 * @throws the signal's reason when that limits how long
 */
export async function lookForEnding(place: Place, attempt: Attempt, patience: Patience): Promise<TxEnding> {
  const read = { signal: patience.signal, retries: 0 };
  let looksSinceMoved = 0;
  for (let look = 1; ; look++) {
    const tx = await patiently(() => txOf(place.nodeUrl, attempt.hash, read), patience);
    if (tx !== undefined) return { kind: 'in_block', tx };
    const [stored, sequence, { height }] = await patiently(
      () =>
        Promise.all([
          readChoice(place.nodeUrl, place.address, place.model, read),
          readSequence(place.nodeUrl, place.account ?? place.address, read),
          readSyncInfo(place.nodeUrl, read),
        ]),
      patience,
    );
    const hasMoved = attempt.sequence !== null && sequence !== null && sequence > attempt.sequence;
    const isOld = height > attempt.sentHeight + LOST_AFTER_BLOCKS;
    if (hasMoved) looksSinceMoved += 1;
    const hasWaited = looksSinceMoved > 2 * BLOCKS_TO_SHOW || isOld;
    // A hash that is known names the block as well: it gets the time to be indexed.
    if (sameChoice(stored, attempt.wanted) && (attempt.hash === null || hasWaited)) return { kind: 'stored' };
    if (isOld) return { kind: 'lost', why: `not in a block after ${LOST_AFTER_BLOCKS} blocks` };
    if (hasWaited)
      return { kind: 'lost', why: 'the account has sent other transactions, and the choice is not stored' };
    await pollPause(place.msPerBlock, look, patience.signal);
  }
}

/** Reads back what is stored, until it is what was asked or some blocks have passed. */
export async function readBackChoice(place: Place, wanted: Choice, patience: Patience): Promise<Choice> {
  for (let look = 1; ; look++) {
    const stored = await patiently(
      () => readChoice(place.nodeUrl, place.address, place.model, { signal: patience.signal, retries: 0 }),
      patience,
    );
    if (sameChoice(stored, wanted) || look > 2 * BLOCKS_TO_SHOW) return stored;
    await pollPause(place.msPerBlock, look, patience.signal);
  }
}

async function txOf(nodeUrl: string, hash: string | null, read: { signal: AbortSignal; retries: number }) {
  if (hash === null) return undefined;
  try {
    return await readTx(nodeUrl, hash, read);
  } catch (error) {
    // A node that keeps no index: what is stored tells.
    if (rpcSays(error, /index(?:ing|er)? is disabled/i)) return undefined;
    throw error;
  }
}

async function pollPause(msPerBlock: number, look: number, signal: AbortSignal): Promise<void> {
  const most = look <= QUICK_LOOKS ? POLL_MS.most : POLL_MS.later;
  await sleep(Math.min(most, Math.max(POLL_MS.least, msPerBlock / 2)), undefined, { signal });
}
