import { hostname } from 'node:os';
import { UnrecoverableError } from 'bullmq';
import { accept } from '../../schemas/accept.js';
import validateJob from '../../schemas/generated/fleet-job.js';
import type { ValidateOptions } from '../../validate/options.js';
import { packageVersion } from '../../version.js';
import type { FleetTask } from '../run-fleet.js';

/**
 * Protocol version of the messages between commands and workers; it increases with every change that the
 * other side would misread.
 */
export const PROTOCOL = 1;
/** Prefix of all keys of this tool in Redis. */
export const PREFIX = 'assay';
/** Seconds that a reference, or a result that no command takes, stays in the queue. */
export const KEEP_S = 7 * 24 * 3600;

/** One node to validate, in the form that a worker gets. */
export interface FleetJob {
  protocol: typeof PROTOCOL;
  assay_version: string;
  fleet_id: string;
  node_id: string;
  /** Digest of the reference; its text is at `referenceKey`. */
  reference_sha256: string;
  /** The network node that the worker asks whether throughput may be measured now. */
  network_node: string | null;
  /**
   * Includes the public key of the node's generation, by which a worker recognises what another worker left.
   */
  options: JobOptions;
}

export type JobOptions = Omit<
  ValidateOptions,
  'reference' | 'weightGuard' | 'registered' | 'expDir' | 'expName' | 'resume' | 'ownBaseline'
> & { ownPublicKey: string };

/** The queue of a site. */
export function queueName(site: string): string {
  return `site-${site}`;
}

export function referenceKey(sha256: string): string {
  return `${PREFIX}:reference:${sha256}`;
}

/**
 * Accepts a job only if this version understands it.
 *
 * @throws UnrecoverableError for a job that would fail again on a retry
 */
export function acceptJob(data: unknown): FleetJob {
  const { protocol, assay_version } = (data ?? {}) as Partial<Record<'protocol' | 'assay_version', unknown>>;
  if (protocol !== PROTOCOL) {
    throw new UnrecoverableError(
      `the command runs assay ${assay_version} (queue protocol ${protocol}), the worker ${packageVersion()} (${PROTOCOL}); install the same version on both`,
    );
  }
  try {
    return accept<FleetJob>(validateJob, data, 'job');
  } catch (error) {
    throw new UnrecoverableError((error as Error).message);
  }
}

/** The name of a worker's client in Redis: it begins with the protocol version. */
export function workerName(): string {
  return `${PROTOCOL}/${packageVersion()}/${hostname().replaceAll(/[^\w.-]/g, '-')}-${process.pid}`;
}

/** Reads a name of `workerName`; null for any other client. */
export function parseWorkerName(client: string): { protocol: number; version: string; where: string } | null {
  const [, protocol, version, where] = /:w:(\d+)\/([^/]+)\/(.+)$/.exec(client) ?? [];
  if (protocol === undefined || version === undefined || where === undefined) return null;
  return { protocol: Number(protocol), version, where };
}

/** A node whose job is in the queue. */
export interface QueuedTask extends FleetTask {
  jobId: string;
  job: FleetJob;
  /**
   * Folder of the node's own last PASS: it stays on this machine, and the result is compared with it here.
   */
  ownBaseline?: string;
}
