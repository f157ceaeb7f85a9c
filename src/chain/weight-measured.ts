import { messageOf, NotOfNode } from '../errors.js';
import type { BlockPace } from './block-pace.js';
import type { Epochs } from './epochs.js';

/** What is to be begun on a node, or goes on there. */
export interface NodeAct {
  /** A noun that goes with `no …`: `throughput measurement`. */
  what: string;
  /** How long the node is busy with it from now on. */
  takesMs: number;
  /** Blocks that must be left until the next PoC in place of that time; undefined: the time decides. */
  marginBlocks?: number | undefined;
  /** Blocks that must be left behind the act, for what an estimate leaves out. */
  spareBlocks?: number;
}

/** Knows whether an act on a node would fall into a time in which the weight of nodes is measured. */
export interface WeightGuard {
  /**
   * Asks before an act, and again while it goes on.
   *
   * @returns why not now; null: nothing speaks against it
   */
  whyNot(act: NodeAct, signal?: AbortSignal): Promise<string | null>;
}

/** The chain at one moment. */
export interface Moment {
  epochs: Epochs;
  pace: BlockPace;
  /** When it was read: a `performance.now()`. */
  readAt: number;
}

/** An act is not begun, or was ended, since a node's weight is being measured. It is no fault of the node. */
export class WeightMeasured extends NotOfNode {
  override name = 'WeightMeasured';
}

/**
 * Judges an act by where the chain stands: outside of `Inference`, and in a confirmation PoC, weight is being
 * measured; and what is not over when the next PoC starts would be in its way.
 *
 * @param now a `performance.now()`
 */
export function whyNotAt(
  { epochs, pace, readAt }: Moment,
  { what, takesMs, marginBlocks, spareBlocks = 0 }: NodeAct,
  now: number,
): string | null {
  const { phase, isConfirmationPocActive, stages } = epochs;
  if (pace.catchingUp) return 'the network node is catching up with the chain: its data is old';
  if (phase !== 'Inference')
    return `the network is in phase ${phase}, not Inference: the weight of nodes is measured`;
  if (isConfirmationPocActive) return 'confirmation PoC is active: the weight of nodes is measured';
  const blocks = stages.nextPocStart - Math.max(epochs.blockHeight, pace.height);
  if (marginBlocks !== undefined) {
    if (blocks >= marginBlocks) return null;
    return `the next PoC starts in ${blocks} blocks, fewer than the ${marginBlocks} needed (--poc-margin)`;
  }
  // The block that is being made may come at once.
  const leftMs = Math.max(0, blocks - 1) * pace.msPerBlock - (now - readAt);
  if (leftMs >= takesMs + spareBlocks * pace.msPerBlock) return null;
  const spare = spareBlocks === 0 ? '' : `, with ${spareBlocks} blocks of margin`;
  return `the next PoC starts in ${blocks} blocks (${seconds(Math.max(0, leftMs))}), and the ${what} takes ${seconds(takesMs)}${spare}`;
}

/** So long may the network node be silent before it is no longer known that no confirmation PoC has begun. */
const SILENT_MS = 60_000;
/** The chain says nothing new between two blocks, */
const FRESH_MS = { least: 250, most: 6_000 };
/** and its pace changes slowly. */
const PACE_MS = 10 * 60_000;

/** Asks a network node. What it said stays good for about a block, so that many may ask. */
export function weightGuard(networkNode: string): WeightGuard {
  let last: Moment | undefined;
  let pacedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<Moment> | undefined;

  async function read(signal: AbortSignal | undefined): Promise<Moment> {
    const [{ readEpochs }, { measureBlockPace }] = await Promise.all([
      import('./epochs.js'),
      import('./block-pace.js'),
    ]);
    const now = performance.now();
    const isPaced = last !== undefined && !last.pace.catchingUp && now - pacedAt < PACE_MS;
    const options = { retries: last === undefined ? 5 : 0, ...(signal && { signal }) };
    const [epochs, pace] = await Promise.all([
      readEpochs(networkNode, options),
      isPaced && last !== undefined ? last.pace : measureBlockPace(networkNode, options),
    ]);
    if (!isPaced) pacedAt = now;
    return { epochs, pace, readAt: now };
  }

  return {
    async whyNot(act, signal) {
      const now = performance.now();
      const freshMs = Math.min(FRESH_MS.most, Math.max(FRESH_MS.least, last?.pace.msPerBlock ?? 0));
      if (last !== undefined && now - last.readAt < freshMs) return whyNotAt(last, act, now);
      try {
        reading ??= read(signal).finally(() => {
          reading = undefined;
        });
        last = await reading;
      } catch (error) {
        signal?.throwIfAborted();
        const known = last;
        // Where the next PoC starts is known ahead; a confirmation PoC is not.
        if (known !== undefined && now - known.readAt < SILENT_MS) return whyNotAt(known, act, now);
        return `it is not known whether the weight of nodes is measured now: ${messageOf(error)}`;
      }
      return whyNotAt(last, act, performance.now());
    },
  };
}

/**
 * Lets an act be begun, or go on.
 *
 * @param guard undefined: no network node is known, and there is no terminal to ask
 * @throws WeightMeasured with the reason when it must not
 */
export async function requireUnmeasured(
  guard: WeightGuard | undefined,
  act: NodeAct,
  signal?: AbortSignal,
): Promise<void> {
  const why = (await guard?.whyNot(act, signal)) ?? null;
  if (why !== null)
    throw new WeightMeasured(`no ${act.what} now: ${why}`, {
      advice: 'try again when the phase is Inference again',
    });
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}
