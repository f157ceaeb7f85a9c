import { gpusPerReplica } from './serve-args.js';

/** What is known of how many replicas a node should have. */
export interface ReplicaPromise {
  /** Told by the user: `--expect-replicas`, or `replicas` in a host or fleet file. */
  expected?: number | undefined;
  /** What the node's own metrics say; null where it has none. */
  metrics: number | null;
  /** GPUs that are available; null where the node does not tell. */
  gpus: number | null;
  /** Arguments that the node was started with, or that its network node lists; null where they are not known. */
  args: readonly string[] | null;
}

/**
 * How many replicas a node should have: what the user says, else the node's metrics, else as many as fit its GPUs
 * with its arguments, floor(GPUs / (tensor parallel · pipeline parallel)).
 *
 * @returns null where nobody promised a number
 */
export function promisedReplicas({ expected, metrics, gpus, args }: ReplicaPromise): number | null {
  if (expected !== undefined) return expected;
  if (metrics !== null) return metrics;
  if (gpus === null || gpus === 0 || args === null) return null;
  return Math.max(1, Math.floor(gpus / gpusPerReplica(args)));
}
