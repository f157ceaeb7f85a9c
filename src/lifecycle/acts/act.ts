import type { Round, StepName, StepResults } from '../entries.js';
import type { HostFile } from '../host-file.js';
import type { LifecycleRun } from '../lifecycle-run.js';

/**
 * One step of a round. Each step reads the present state before it changes anything, so that it can be
 * repeated.
 */
export interface Act<S extends StepName = StepName> {
  name: S;
  /** Its name for people while it runs. */
  title: string;
  /** Whether the round needs this step, according to the entries so far. */
  applies(host: HostFile, round: Round): boolean;
  act(run: LifecycleRun, round: Round): Promise<StepResults[S]>;
  /** When the run is resumed: checks whether the result of this step is still true. */
  verify?(run: LifecycleRun, round: Round): Promise<void>;
}

export function isDeployed({ choice }: HostFile, { results }: Round): boolean {
  return choice === 'deploy' && results.store?.missed !== true;
}
