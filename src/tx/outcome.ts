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
  /** The account's sequence before it; null where the node does not report it. */
  sequence: bigint | null;
  /** Height of the chain when it was sent. */
  sentHeight: number;
}

/** The end of an attempt, according to the chain. */
export type TxEnding =
  | { kind: 'in_block'; tx: IncludedTx }
  /** The wanted choice is stored, and no hash identifies the block. */
  | { kind: 'stored' }
  /** It cannot arrive any more. */
  | { kind: 'lost'; why: string };

export interface Place {
  nodeUrl: string;
  address: string;
  /** The account that signs, where it is another one. */
  account?: string | undefined;
  model: string;
  msPerBlock: number;
}

/** After this number of blocks a transaction that is in no block counts as lost. */
export const LOST_AFTER_BLOCKS = 100;
/** Blocks after which the node shows a block's changes in every query. */
const BLOCKS_TO_SHOW = 5;
const POLL_MS = { least: 100, most: 3_000, later: 8_000 };
/** This many polls are close together; after them the node's rate limit matters more. */
const QUICK_LOOKS = 30;

/**
 * Polls for a transaction until its end is known: a block has it, the chain has stored its choice, the
 * account's sequence has advanced without it, or 100 blocks have passed.
 *
 * @throws the signal's reason, when a signal limits the time
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
    // A known hash also identifies the block: the node gets time to index it.
    if (sameChoice(stored, attempt.wanted) && (attempt.hash === null || hasWaited)) return { kind: 'stored' };
    if (isOld) return { kind: 'lost', why: `not in a block after ${LOST_AFTER_BLOCKS} blocks` };
    if (hasWaited)
      return { kind: 'lost', why: 'the account has sent other transactions, and the choice is not stored' };
    await pollPause(place.msPerBlock, look, patience.signal);
  }
}

/** Reads back the stored choice, until it is the wanted one or some blocks have passed. */
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
    // A node without an index: the stored choice decides.
    if (rpcSays(error, /index(?:ing|er)? is disabled/i)) return undefined;
    throw error;
  }
}

async function pollPause(msPerBlock: number, look: number, signal: AbortSignal): Promise<void> {
  const most = look <= QUICK_LOOKS ? POLL_MS.most : POLL_MS.later;
  await sleep(Math.min(most, Math.max(POLL_MS.least, msPerBlock / 2)), undefined, { signal });
}
