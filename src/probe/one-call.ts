import type { Batch } from '../batches/plan.js';
import type { Reply } from '../batches/transport.js';
import { counted } from '../text/figures.js';

/** The node's time limit for one call to a replica, on every build. */
const ONE_CALL_MS = 60_000;
/** Tolerance for differences of clocks and networks. */
const NEARLY = 0.9;

/**
 * Asks for a batch with an answer that waits for it. After its time limit the node answers 502 without a
 * reason, while the replica goes on computing. If the batch is asked for again, it takes as long again, after
 * the earlier request.
 *
 * @param patience multiplies the limit, for a simulated node
 * @returns instead of that answer, a refusal that ends the run and says what to do
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
    message: `the node limits one call to ${ONE_CALL_MS / 1000} s, and a batch of ${counted(count, 'nonce')} takes longer: --probe wait can never finish`,
    advice: 'use --probe queued, or a smaller --validation-batch-size',
  };
}
