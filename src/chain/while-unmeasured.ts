import type { TimeLimits } from '../http/time-limit.js';
import { requireUnmeasured, type WeightGuard, WeightMeasured } from './weight-measured.js';

/** The network node is asked this often where no batch ends in between. */
const LOOK_MS = 5_000;

/** A step in which the node computes batch by batch. */
export interface GuardedStep<T> {
  /** A noun that fits after `no …`. */
  what: string;
  /** The duration of the step, if it is known before the start. */
  takesMs: number;
  /** Blocks that must remain; see `NodeAct`. */
  marginBlocks?: number | undefined;
  spareBlocks?: number;
  /** @param onBatch call it when a batch is answered, with the duration of the batch */
  run(limits: TimeLimits, onBatch: (latencyMs: number) => void): Promise<T>;
}

/**
 * Runs a step only while no node's weight is measured: checks this before the step and at the end of each
 * batch. Few requests are in progress when the step ends, and the node completes them before PoC starts.
 *
 * @throws WeightMeasured when the step must not begin, or was ended
 */
export async function whileUnmeasured<T>(
  weightGuard: WeightGuard | undefined,
  { signal, until }: TimeLimits,
  { what, takesMs, marginBlocks, spareBlocks = 0, run }: GuardedStep<T>,
): Promise<T> {
  await requireUnmeasured(weightGuard, { what, takesMs, marginBlocks, spareBlocks }, signal);
  if (weightGuard === undefined) return await run({ signal, until }, () => {});
  const ended = new AbortController();
  let slowestMs = 0;
  const look = () =>
    requireUnmeasured(weightGuard, { what, takesMs: slowestMs }, signal).catch((error: unknown) => {
      if (error instanceof WeightMeasured) ended.abort(error);
    });
  const timer = setInterval(look, LOOK_MS);
  try {
    return await run({ signal: AbortSignal.any([signal, ended.signal]), until }, (latencyMs) => {
      slowestMs = Math.max(slowestMs, latencyMs);
      void look();
    });
  } finally {
    clearInterval(timer);
  }
}
