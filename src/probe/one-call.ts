import type { Batch } from '../batches/plan.js';
import type { Reply } from '../batches/transport.js';

/** So long the node gives a replica for one call, on every build. */
const ONE_CALL_MS = 60_000;
/** Clocks and networks differ by a little. */
const NEARLY = 0.9;

/**
 * Asks for a batch with an answer that waits for it. Past its limit the node answers 502 without a word while the replica
 * goes on: asked again the batch takes as long again, behind what was asked for before.
 *
 * @param patience multiplies the limit, for a simulated node
 * @returns in place of that answer a refusal, which ends the run with what to do
 */
export async function withinOneCall<R>(
  ask: () => Promise<Reply<R>>,
  { count }: Batch,
  patience: number,
): Promise<Reply<R>> {
  const begun = performance.now();
  const reply = await ask();
  if (reply.kind !== 'fault' || reply.status !== 502 || reply.detail !== '') return reply;
  if (performance.now() - begun < NEARLY * ONE_CALL_MS * patience) return reply;
  return {
    ...reply,
    outcome: 'rejected',
    message: `the node limits one call to ${ONE_CALL_MS / 1000} s, and a batch of ${count} nonces takes longer: --probe wait can never finish`,
    advice: 'use --probe queued, or a smaller --validation-batch-size',
  };
}
