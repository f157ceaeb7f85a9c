import { WeightMeasured } from '../chain/weight-measured.js';
import { AssayError, Interrupted, messageOf, NotOfNode } from '../errors.js';
import { maskSecrets } from '../http/mask.js';
import type { Observation } from '../run/observation.js';
import type { ChainCheck, ValidateReport, ValidationReport, Warning } from '../run/report.js';
import type { Rotation } from '../verdict/replicas-tested.js';
import type { SelfCheckCounts } from '../verdict/self-check.js';
import type { ValidatePhase } from './options.js';

/**
 * The parts of the report from the phases before the probe; null: the phase did not run, or did not reach a
 * result.
 */
export type PhaseReports = Pick<ValidateReport, 'preflight' | 'download' | 'deploy' | 'throughput'>;

/** Everything that a run has seen of a node, complete or not: the verdict and the report are made from it. */
export interface Observed {
  phases: PhaseReports;
  /** How the nonces were asked for. */
  request: ValidationReport['request'];
  observations: Observation[];
  /** Nonces without an answer; with coverage `every-replica` listed once for each replica that gave none. */
  unansweredNonces: number[];
  /** Why a batch stayed unanswered; null where none did. */
  lostReason: string | null;
  /** The time for probing ended before all nonces were answered. */
  isProbeLate: boolean;
  /** By request; null where none was run. */
  selfCheck: SelfCheckCounts[] | null;
  /** A trusted engine's check of the node's chains, by request; null where none was run. */
  engineCheck: ChainCheck[] | null;
  /** The node's own check of the reference's chains, by request; null in the prefill scheme, or where none was run. */
  ownCheck: ChainCheck[] | null;
  /** Which replicas there are; null where this is not known. */
  rotation: Rotation | null;
  /** How many replicas the node should have; null: no number is given. */
  promised: number | null;
  /** The duration of each phase. */
  seconds: { [phase in ValidatePhase]?: number };
  /** Warnings of the phases, each once, without secrets. */
  warnings: Warning[];
  /** What ended the run early; null where nothing did. */
  ending: Ending | null;
  /** Duration of the whole run, over all its parts. */
  durationSeconds: number;
}

/**
 * Where the cause is: in the node; here (the disk, an interruption, a bug); or in the time, since the weight
 * of nodes is being measured. Only the first says something about the node.
 */
export type EndingCause = 'node' | 'here' | 'moment';

/** Why a run ended early. */
export interface Ending {
  /** One line, without secrets. */
  line: string;
  exitCode: number;
  /** The user or the system ended it. */
  isInterrupted: boolean;
  cause: EndingCause;
  /** The exception, where it is a bug and not a failure that the user can act on. */
  bug?: unknown;
}

/** Describes the run's end by an exception. */
export function endingOf(failure: unknown, isInterrupted: boolean): Ending {
  if (failure instanceof AssayError) {
    return {
      line: maskSecrets(failure.line),
      exitCode: failure.exitCode,
      isInterrupted,
      cause: causeOf(failure),
    };
  }
  const line = maskSecrets(`internal error: ${messageOf(failure)}`);
  return { line, exitCode: 1, isInterrupted, cause: 'here', bug: failure };
}

function causeOf(failure: AssayError): EndingCause {
  if (failure instanceof WeightMeasured) return 'moment';
  return failure instanceof NotOfNode || failure instanceof Interrupted ? 'here' : 'node';
}
