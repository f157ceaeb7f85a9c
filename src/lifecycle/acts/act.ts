import type { Round, StepName, StepResults } from '../entries.js';
import type { HostFile } from '../host-file.js';
import type { LifecycleRun } from '../lifecycle-run.js';

/** One step of a round. Each looks at the world before it changes it, so that it can be begun again. */
export interface Act<S extends StepName = StepName> {
  name: S;
  /** As people read it while it goes on. */
  title: string;
  /** Whether the round needs it, by what was decided and seen so far. */
  applies(host: HostFile, round: Round): boolean;
  act(run: LifecycleRun, round: Round): Promise<StepResults[S]>;
  /** Looks, when the run is taken up again, whether what was done still holds. */
  verify?(run: LifecycleRun, round: Round): Promise<void>;
}

export function isDeployed({ choice }: HostFile, { results }: Round): boolean {
  return choice === 'deploy' && results.store?.missed !== true;
}
