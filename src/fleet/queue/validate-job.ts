import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { findGovernanceModel } from '../../chain/models.js';
import { weightGuard } from '../../chain/weight-measured.js';
import { AssayError } from '../../errors.js';
import type { GoldenReference } from '../../golden/reference.js';
import type { ValidateEvents } from '../../validate/options.js';
import { validateInto } from '../validate-into.js';
import { unlessAborted } from './bounded.js';
import { type FleetJob, referenceKey } from './job.js';
import { packRun } from './parcel.js';
import { queuedReference } from './queued-reference.js';

/** Running validations by folder: a job that returns at once waits until its first run has stopped. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Validates the node of a job; it resumes what an earlier attempt left in the worker's folder.
 *
 * @param store has the job's reference
 * @returns the packed run and its verdict
 */
export async function validateJob(
  job: FleetJob,
  folder: string,
  store: Redis,
  watcher: { events: ValidateEvents; signal: AbortSignal },
) {
  const { signal } = watcher;
  const { network_node, options } = job;
  const reference = await referenceOf(job, store, signal);
  const runFolder = join(
    folder,
    job.fleet_id,
    createHash('sha256').update(job.node_id).digest('hex').slice(0, 24),
  );
  await underWay.get(runFolder)?.catch(() => {});
  const run = validateInto(
    runFolder,
    {
      ...options,
      reference,
      ...(network_node !== null && {
        weightGuard: weightGuard(network_node),
        registered: () => findGovernanceModel(network_node, options.model),
      }),
    },
    watcher,
  );
  underWay.set(runFolder, run);
  const { verdict } = await run.finally(() => underWay.delete(runFolder));
  return { parcel: await packRun(runFolder), verdict };
}

/** The reference that the command stored in the queue. */
async function referenceOf(
  { reference_sha256 }: FleetJob,
  store: Redis,
  signal: AbortSignal,
): Promise<GoldenReference> {
  const text = await unlessAborted(signal, store.get(referenceKey(reference_sha256)));
  if (text === null) throw new AssayError('the job’s reference is no longer in the queue');
  return queuedReference(text, reference_sha256);
}
