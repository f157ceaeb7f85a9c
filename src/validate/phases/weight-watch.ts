import { requireUnmeasured, WeightMeasured } from '../../chain/weight-measured.js';
import type { TimeLimits } from '../../http/time-limit.js';
import type { ValidateContext } from '../context.js';

/** So often the network node is asked where no batch ends meanwhile. */
const LOOK_MS = 5_000;

/** A step that has the node compute batch by batch. */
export interface GuardedStep<T> {
  /** A noun that goes with `no …`. */
  what: string;
  /** How long the step takes, as far as that is known before it begins. */
  takesMs: number;
  /** Blocks that must be left; see `NodeAct`. */
  marginBlocks?: number | undefined;
  spareBlocks?: number;
  /** @param onBatch to be called when a batch came back, with the time that it took */
  run(limits: TimeLimits, onBatch: (latencyMs: number) => void): Promise<T>;
}

/**
 * Runs a step only while no node's weight is measured: asked before it, and at the end of each batch. Requests that
 * are under way when it ends are few, and the node works them off before PoC starts.
 *
 * @throws WeightMeasured when it must not begin, or was ended
 */
export async function whileUnmeasured<T>(
  { options }: Pick<ValidateContext, 'options'>,
  { signal, until }: TimeLimits,
  { what, takesMs, marginBlocks, spareBlocks = 0, run }: GuardedStep<T>,
): Promise<T> {
  const { weightGuard } = options;
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
