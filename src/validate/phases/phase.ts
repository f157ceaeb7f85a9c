import type { AssayError } from '../../errors.js';
import type { RunContext } from '../context.js';
import type { RunInputs } from '../inputs.js';
import type { Observed, PhaseReports } from '../observed.js';
import type { ValidatePhase } from '../options.js';

/** One phase of a run. It does not know the phases before and after it, or what ends it from outside. */
export interface Phase {
  name: ValidatePhase;
  /** Whether the run needs it, by its inputs and by what the run has seen so far. */
  isWanted(inputs: RunInputs, observed: Observed): boolean;
  /** Throws a failure that happens before it found anything. */
  run(context: RunContext, observed: Observed): Promise<Found>;
  /**
   * What a failure ends: the run, or only this phase, with a warning and a default for its part of the
   * report.
   */
  consequence(failure: AssayError): 'run' | { warning: string; observed?: Partial<Observed> };
}

/** What a phase found. */
export interface Found {
  /** Its part of the report. */
  phases?: Partial<PhaseReports>;
  /** What it measured. */
  observed?: Partial<Observed>;
  /** What ended it after it had found something. */
  failure?: unknown;
}

/** Without this phase the others cannot run. */
export function endsRun(): 'run' {
  return 'run';
}
