import { type AcceptReport, type CheckOutcome, type ImageCheckResult, worstOf } from '../model.js';

/** A table of checks and replicas. */
export interface Matrix {
  /** Ports, ascending. */
  ports: number[];
  rows: { result: ImageCheckResult; node: Cell; replicas: Cell[] }[];
}

/** null: the check has no finding about it. */
export type Cell = CheckOutcome | 'skipped' | null;

/** The word for each outcome, all with the same width. */
export const OUTCOME_WORDS = {
  pass: 'pass',
  fail: 'FAIL',
  unknown: 'not known',
  skipped: 'not run',
} as const;

export function matrixOf({ checks }: Pick<AcceptReport, 'checks'>): Matrix {
  const ports = [
    ...new Set(checks.flatMap(({ findings }) => findings.flatMap(({ replica }) => replica ?? []))),
  ].sort((a, b) => a - b);
  return {
    ports,
    rows: checks.map((result) => ({
      result,
      node: result.findings.length === 0 ? result.outcome : cellOf(result, null),
      replicas: ports.map((port) => cellOf(result, port)),
    })),
  };
}

function cellOf({ findings }: ImageCheckResult, replica: number | null): Cell {
  const own = findings.filter((finding) => finding.replica === replica);
  return own.length === 0 ? null : worstOf(own.map(({ outcome }) => outcome));
}

export function cellText(cell: Cell): string {
  return cell === null ? '–' : OUTCOME_WORDS[cell];
}
