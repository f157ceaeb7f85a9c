import { WeightMeasured } from '../../chain/weight-measured.js';
import { AssayError, messageOf } from '../../errors.js';
import { clip } from '../../http/detail.js';
import { growingDelay, pause, SOON_MS } from '../../http/retry.js';
import type { Replica } from '../../mlnode/answers.js';
import { inRotation } from '../../mlnode/replicas.js';
import type { ValidateContext } from '../context.js';

/** Limits of cleaning up. A user who has interrupted the run wants it to end. */
const CLEANUP_MS = { usual: 75_000, interrupted: 15_000 };
/**
 * A replica that missed its health probes cannot be reached, not even by a stop, until the next good probe.
 * Newer nodes allow three probes of ten seconds.
 */
const REJOIN_MS = { usual: 45_000, interrupted: 5_000 };
/** A start without an answer takes effect within this time, or never. */
const LATE_START_MS = 5_000;
const LONGEST_LOOK_MS = 250;

/** Generation that this run started could not be stopped: nothing may be probed at the same time. */
export class GenerationLeft extends AssayError {
  override name = 'GenerationLeft';
}

/** Another generation replaced ours: a PoC has begun, and nothing may be stopped or probed now. */
export class GenerationReplaced extends WeightMeasured {
  override name = 'GenerationReplaced';
}

/**
 * Stops only the generation that this run started. A stop ends everything that runs on the node, so it is not
 * sent while somebody else generates on it.
 *
 * @param startedOn ports that are known to have started; undefined when the start had no answer, so that it
 *   may still take effect
 * @throws GenerationLeft when the generation may still run; GenerationReplaced when another one has replaced
 *   it
 */
export async function stopOwnGeneration(
  { node, ownPublicKey, patience, warn, signal }: ValidateContext,
  startedOn: number[] | undefined,
): Promise<void> {
  const left = (why: string) =>
    new GenerationLeft(
      `generation that this run started (public key ${ownPublicKey}) may still run: ${why}`,
      {
        advice: `the next run stops it, or send POST ${node.api}/inference/pow/stop`,
      },
    );
  // Cleaning up must continue after the interruption that starts it, but must not take long: the user waits.
  const hurry = () => (signal.aborted ? 'interrupted' : 'usual');
  const cleanupMs = patience * CLEANUP_MS[hurry()];
  const limit = AbortSignal.timeout(cleanupMs);
  const nextDelay = growingDelay(patience * LONGEST_LOOK_MS, SOON_MS);
  const begun = performance.now();
  const cleaner = node.within({ signal: limit, until: begun + cleanupMs });
  try {
    for (;;) {
      const replicas = inRotation(await cleaner.powStatus());
      const generating = replicas.filter(({ status }) => status === 'GENERATING');
      const foreign = generating.find(({ config }) => config?.public_key !== ownPublicKey);
      const own = generating.filter(({ config }) => config?.public_key === ownPublicKey);
      const unseen = (startedOn ?? []).filter((port) => !replicas.some((replica) => replica.port === port));
      if (own.length > 0) {
        if (foreign !== undefined)
          throw left(`a stop would end another generation, on replica ${foreign.port}`);
        await cleaner.stopGeneration();
      } else if (foreign !== undefined && (startedOn?.includes(foreign.port) ?? true)) {
        throw replacedBy(foreign, ownPublicKey, node.api);
      } else {
        const isSeen = startedOn !== undefined && unseen.length === 0;
        const waitMs = startedOn === undefined ? LATE_START_MS : REJOIN_MS[hurry()];
        if (isSeen || performance.now() - begun > patience * waitMs) {
          if (unseen.length > 0) warn(stillAway(unseen, ownPublicKey));
          return;
        }
      }
      await pause(nextDelay(), limit);
    }
  } catch (error) {
    if (error instanceof GenerationLeft || error instanceof GenerationReplaced) throw error;
    const why = limit.aborted ? 'the node did not stop it in time' : clip(messageOf(error));
    throw left(why);
  }
}

function replacedBy({ port, config }: Replica, ownPublicKey: string, api: string): GenerationReplaced {
  const key = clip(config?.public_key ?? 'not known');
  return new GenerationReplaced(
    `replica ${port} generates under another public key (${key}) where this run started its own (${ownPublicKey}): a PoC may have started; assay stopped nothing`,
    {
      advice: `go on with --resume when it is over; where it is this run's own, send POST ${api}/inference/pow/stop`,
    },
  );
}

function stillAway(ports: number[], ownPublicKey: string): string {
  const which = ports.length === 1 ? `replica ${ports[0]} is` : `replicas ${ports.join(', ')} are`;
  return `${which} still out of rotation: it could not be stopped, and may generate again (public key ${ownPublicKey}) when it returns; the next run stops it`;
}
