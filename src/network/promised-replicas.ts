import { gpusPerReplica } from './serve-args.js';

/** Known facts about how many replicas a node should have. */
export interface ReplicaPromise {
  /** Given by the user: `--expect-replicas`, or `replicas` in a host or fleet file. */
  expected?: number | undefined;
  /** The count in the node's own metrics; null where it has none. */
  metrics: number | null;
  /** Available GPUs; null where the node does not report them. */
  gpus: number | null;
  /**
   * Arguments with which the node was started, or which its network node lists; null where they are not
   * known.
   */
  args: readonly string[] | null;
}

/**
 * How many replicas a node should have: the user's number; else the node's metrics; else as many as fit its
 * GPUs with its arguments, floor(GPUs / (tensor parallel · pipeline parallel)).
 *
 * @returns null where there is no such number
 */
export function promisedReplicas({ expected, metrics, gpus, args }: ReplicaPromise): number | null {
  if (expected !== undefined) return expected;
  if (metrics !== null) return metrics;
  if (gpus === null || gpus === 0 || args === null) return null;
  return Math.max(1, Math.floor(gpus / gpusPerReplica(args)));
}
