import { messageOf, NotOfNode } from '../errors.js';
import { counted } from '../text/figures.js';
import type { BlockPace } from './block-pace.js';
import type { Epochs } from './epochs.js';

/** Something that starts on a node, or that runs there. */
export interface NodeAct {
  /** A noun that fits after `no …`: `throughput measurement`. */
  what: string;
  /** How long it keeps the node busy from now on, in milliseconds. */
  takesMs: number;
  /** Blocks that must remain until the next PoC, in place of that time; undefined: the time decides. */
  marginBlocks?: number | undefined;
  /** Blocks that must remain after the act, as a reserve for what the estimate misses. */
  spareBlocks?: number;
}

/** Knows whether an act on a node would overlap with a time in which the weight of nodes is measured. */
export interface WeightGuard {
  /**
   * Call it before an act, and again while the act runs.
   *
   * @returns the reason not to act now; null: there is none
   */
  whyNot(act: NodeAct, signal?: AbortSignal): Promise<string | null>;
}

/** The state of the chain at one moment. */
export interface Moment {
  epochs: Epochs;
  pace: BlockPace;
  /** The time of reading: a `performance.now()`. */
  readAt: number;
}

/**
 * An act was not started, or was ended, because a node's weight is being measured. The node is not at fault.
 */
export class WeightMeasured extends NotOfNode {
  override name = 'WeightMeasured';
}

/**
 * Judges an act by the state of the chain. Weight is measured outside `Inference` and in a confirmation PoC.
 * An act that still runs when the next PoC starts would disturb it.
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
  // The epoch may have been read one block earlier than the height.
  if (blocks <= 0) return 'the next PoC has started: the weight of nodes is measured';
  if (marginBlocks !== undefined) {
    if (blocks >= marginBlocks) return null;
    return `the next PoC starts in ${counted(blocks, 'block')}, fewer than the ${marginBlocks} needed (--poc-margin)`;
  }
  // The next block may come at once.
  const leftMs = (blocks - 1) * pace.msPerBlock - (now - readAt);
  if (leftMs >= takesMs + spareBlocks * pace.msPerBlock) return null;
  const left = seconds(Math.max(0, leftMs));
  return spareBlocks === 0
    ? `the next PoC starts in ${counted(blocks, 'block')} (${left}), and the ${what} takes ${seconds(takesMs)}`
    : `the next PoC starts in ${counted(blocks, 'block')} (${left}), and the ${what} takes ${seconds(takesMs)}, with ${counted(spareBlocks, 'block')} of margin`;
}

/**
 * The longest time without an answer from the network node. After it, a confirmation PoC may have started
 * unseen.
 */
const SILENT_MS = 60_000;
/** Between two blocks the chain has no news. */
const FRESH_MS = { least: 250, most: 6_000 };
/** The block time changes slowly. */
const PACE_MS = 10 * 60_000;

/** Asks a network node. An answer stays valid for about one block, so that many callers may ask. */
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
        // The start of the next PoC is known in advance; that of a confirmation PoC is not.
        if (known !== undefined && now - known.readAt < SILENT_MS) return whyNotAt(known, act, now);
        return `it is not known whether the weight of nodes is measured now: ${messageOf(error)}`;
      }
      return whyNotAt(last, act, performance.now());
    },
  };
}

/**
 * Checks that an act may start or continue.
 *
 * @param guard undefined: no network node is known, and no terminal to ask
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
