import type { KnownDistances } from '../../models/distances.js';
import type { Observation } from '../../run/observation.js';
import type {
  Diagnosis,
  DiagnosisCode,
  Distances,
  ReplicaReport,
  ResponseReport,
  SelfCheckReport,
  Warning,
} from '../../run/report.js';
import type { ResolvedStatTest } from '../../run/thresholds.js';
import type { HeadsFault } from '../heads.js';
import type { HeadsSide } from '../heads-side.js';
import type { Headless } from '../heads-text.js';
import type { GoldenVectors, Superseded } from '../input.js';
import type { MachineCase } from '../same-machine.js';

/** The data for a rule: measurements as judged, and what was computed from them. */
export interface RunFacts {
  /**
   * In the order in which nonces were asked, then by replica. With coverage `auto` several replicas answered
   * some nonces: every answer after the first has `further`.
   */
  observations: Observation[];
  response: ResponseReport;
  replicas: ReplicaReport[];
  selfCheck: SelfCheckReport | null;
  /** A replica's count of itself contradicts what was measured of the same replica. */
  contradicts: boolean;
  distances: Distances;
  statTest: ResolvedStatTest;
  /** null: no honest distances of the model are known. */
  known: KnownDistances | null;
  /** How the node's machine compares with the reference's; null: not known. */
  machine: MachineCase | null;
  /** How many parts of the run are judged by their distances: the whole, and each of several replicas. */
  partCount: number;
  /**
   * Observations outside the wrong first places of batches; all observations where no such places were found.
   */
  rest: Observation[];
  /** null: no such places were found. */
  heads: HeadsFault | null;
  /** Which side's fault they are; null: not known. */
  headsSide: HeadsSide | null;
  headless: Headless | null;
  superseded: Superseded | null;
  /** Nonces without a completed answer. */
  unanswered: number[];
  reference: GoldenVectors | null;
  deployMismatch: string | null;
  /** The warnings of the phases before the verdict. */
  warnings: Warning[];
}

/** The evidence for a diagnosis in this run, and what to do about it. */
export interface DiagnosisFinding {
  /** Figures of this run. */
  evidence: string;
  /** In the imperative. */
  advice: string;
}

/** One explanation of what a run shows. Rules do not know each other: several may apply, or none. */
export interface DiagnosisRule {
  code: DiagnosisCode;
  /** The fault, as a headline. */
  title: string;
  /** Why the host should care. */
  whyItMatters: string;
  /** The finding, or null where the evidence is weak or absent. */
  examine(facts: RunFacts): DiagnosisFinding | null;
  /** Figures of a finding for programs. */
  details?(facts: RunFacts): Pick<Diagnosis, 'period' | 'heads' | 'side'>;
}
