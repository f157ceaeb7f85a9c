import type { AssayError } from '../../errors.js';
import type { RunContext } from '../context.js';
import type { RunInputs } from '../inputs.js';
import type { Observed, PhaseReports } from '../observed.js';
import type { ValidatePhase } from '../options.js';

/** One phase of a run. What comes before and after it, and what ends it from outside, is not its concern. */
export interface Phase {
  name: ValidatePhase;
  /** Whether the run needs it, by its inputs and by what was seen so far. */
  isWanted(inputs: RunInputs, observed: Observed): boolean;
  /** A failure before anything was found is thrown. */
  run(context: RunContext, observed: Observed): Promise<Found>;
  /** What a failure costs: the run, or this phase alone, with a warning and what then stands for its part. */
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

/** Without this phase the others cannot be. */
export function endsRun(): 'run' {
  return 'run';
}
