import pLimit from 'p-limit';
import type { ValidateReport } from '../run/report.js';
import type { FleetNode } from './fleet-file.js';
import type { NodeResult } from './model.js';
import { noResult, resultOf } from './node-result.js';

/** Largest number of nodes validated at a time. */
export interface FleetLimits {
  /** Over all sites. */
  concurrency: number;
  sites: Map<string, number>;
}

/** Called with each result when it is ready, and with the node's own report if there is one. */
export type OnResult = (result: NodeResult, report?: ValidateReport) => void;

/** One node to validate, and the folder of its run below the fleet's folder. */
export interface FleetTask {
  node: FleetNode;
  folder: string;
}

/**
 * Validates the nodes of a fleet, with a limit over all and one per site. A node that cannot be validated has
 * a result like any other, and does not stop the others.
 *
 * @param validate validates one; may throw
 * @param onResult called with each result when it is ready
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
    // Read only now, since the folder of a run may be chosen when the run starts.
    return { result: resultOf(task.node, task.folder, report), report };
  } catch (error) {
    return { result: noResult(task.node, error) };
  }
}
