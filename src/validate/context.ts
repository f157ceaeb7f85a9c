import type { MlNodeClient } from '../mlnode/client.js';
import type { PoolLease } from '../probe/pool.js';
import type { Warning } from '../run/report.js';
import type { RunFiles } from '../run/write.js';
import type { RunInputs } from './inputs.js';
import type { ValidateEvents } from './options.js';

/** What every phase of one validation works with. */
export interface ValidateContext
  extends Pick<RunInputs, 'options' | 'reference' | 'params' | 'ownPublicKey'> {
  events: ValidateEvents;
  node: MlNodeClient;
  signal: AbortSignal;
  /** When the run's own limit ends: a `performance.now()`. */
  until: number;
  /** Multiplies every limit and wait that has no option of its own. */
  patience: number;
  /**
   * Adds a warning to the report and shows it at once. A plain text is about the run and not about the node.
   */
  warn(warning: string | Warning): void;
}

/** The same for the phases of a run that has a folder. */
export interface RunContext extends ValidateContext {
  inputs: RunInputs;
  folder: RunFiles;
  /** The threads that fetch and measure vectors; null where none are used. */
  pool: PoolLease | null;
}

/** Seconds since `start`, a `performance.now()`, to the millisecond. */
export function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000;
}
