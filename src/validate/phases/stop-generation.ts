import { AssayError, messageOf } from '../../errors.js';
import { clip } from '../../http/detail.js';
import { pause } from '../../http/retry.js';
import type { ValidateContext } from '../context.js';

const CLEANUP_TIMEOUT_MS = 15_000;
/** A replica that missed a health probe is out of reach, of a stop too, until the next pass. */
const REJOIN_MS = 5_000;
const LOOK_MS = 250;

/** Generation that this run started could not be stopped: nothing may be probed beside it. */
export class GenerationLeft extends AssayError {
  override name = 'GenerationLeft';
}

/**
 * Stops the generation that this run started, and only that: a stop ends whatever runs on the node, so it is
 * not sent while somebody else generates there.
 *
 * @param startedOn ports that are known to have started; undefined when the start was not answered, so that it
 *   may still take effect
 * @throws GenerationLeft when it may go on
 */
export async function stopOwnGeneration(
  { node, ownPublicKey, patience, warn }: ValidateContext,
  startedOn: number[] | undefined,
): Promise<void> {
  const left = (why: string) =>
    new GenerationLeft(
      `generation that this run started (public key ${ownPublicKey}) may still run: ${why}`,
      {
        advice: `the next run stops it, or send POST ${node.api}/inference/pow/stop`,
      },
    );
  // Cleaning up must outlive the interruption that asks for it, and must not outlast the user's patience.
  const limit = AbortSignal.timeout(patience * CLEANUP_TIMEOUT_MS);
  const now = performance.now();
  const cleaner = node.within({ signal: limit, until: now + patience * CLEANUP_TIMEOUT_MS });
  const rejoinUntil = now + patience * REJOIN_MS;
  try {
    for (;;) {
      const replicas = (await cleaner.powStatus()).backends ?? [];
      const generating = replicas.filter(({ status }) => status === 'GENERATING');
      const foreign = generating.find(({ config }) => config?.public_key !== ownPublicKey);
      const own = generating.filter(({ config }) => config?.public_key === ownPublicKey);
      const unseen = (startedOn ?? []).filter((port) => !replicas.some((replica) => replica.port === port));
      if (own.length > 0) {
        if (foreign !== undefined)
          throw left(`a stop would end the one that somebody else runs on replica ${foreign.port}`);
        await cleaner.stopGeneration();
      } else if ((startedOn !== undefined && unseen.length === 0) || performance.now() > rejoinUntil) {
        if (unseen.length > 0)
          warn(
            `replica ${unseen.join(', ')} is out of rotation, and may go on generating under our key when it comes back`,
          );
        return;
      }
      await pause(patience * LOOK_MS, limit);
    }
  } catch (error) {
    if (error instanceof GenerationLeft) throw error;
    const why = limit.aborted ? 'the node did not stop it in time' : clip(messageOf(error));
    throw left(why);
  }
}
