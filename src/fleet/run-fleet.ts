import pLimit from 'p-limit';
import type { ValidateReport } from '../run/report.js';
import type { FleetNode } from './fleet-file.js';
import type { NodeResult } from './model.js';
import { noResult, resultOf } from './node-result.js';

/** How many nodes are validated at a time. */
export interface FleetLimits {
  /** Over all sites. */
  concurrency: number;
  sites: Map<string, number>;
}

/** Told of each result as it comes, with the node's own report where it came to one. */
export type OnResult = (result: NodeResult, report?: ValidateReport) => void;

/** One node to validate, and where below the fleet's folder its run goes. */
export interface FleetTask {
  node: FleetNode;
  folder: string;
}

/**
 * Validates the nodes of a fleet, so many at a time over all and at each site. A node that cannot be validated
 * is a result like another, and keeps no other from its own.
 *
 * @param validate validates one; may throw
 * @param onResult told of each as it comes
 * @returns results in the order of the tasks
 */
export async function runFleet<T extends FleetTask>(
  tasks: T[],
  { concurrency, sites }: FleetLimits,
  validate: (task: T) => Promise<ValidateReport>,
  { signal, onResult }: { signal: AbortSignal; onResult: OnResult },
): Promise<NodeResult[]> {
  const overall = pLimit(concurrency);
  const bySite = new Map([...sites].map(([site, own]) => [site, pLimit(own)]));
  return Promise.all(
    tasks.map(async (task) => {
      const atSite = bySite.get(task.node.site) as ReturnType<typeof pLimit>;
      const { result, report } = await atSite(() => overall(() => runOne(task, validate, signal)));
      onResult(result, report);
      return result;
    }),
  );
}

async function runOne<T extends FleetTask>(
  task: T,
  validate: (task: T) => Promise<ValidateReport>,
  signal: AbortSignal,
): Promise<{ result: NodeResult; report?: ValidateReport }> {
  try {
    signal.throwIfAborted();
    const report = await validate(task);
    // Only now: where a run goes may be known when it begins.
    return { result: resultOf(task.node, task.folder, report), report };
  } catch (error) {
    return { result: noResult(task.node, error) };
  }
}
