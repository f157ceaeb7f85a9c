/** The checks, in the order in which they run. */
export const CHECK_NAMES = [
  'start',
  'self-validation',
  'repeatable',
  'batches',
  'cycle',
  'errors',
  'queue',
  'restart',
  'early-share',
  'steady',
  'cross-device',
  'cycle-with-chats',
  'long-prompt',
  'tools',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** `unknown`: it was not observed, so it is neither good nor bad. */
export type CheckOutcome = 'pass' | 'fail' | 'unknown';

/** The finding of a check about one replica, or about the node. */
export interface ImageFinding {
  /** Port of the replica; null: it is about the node. */
  replica: number | null;
  outcome: CheckOutcome;
  /** One line, with the figures. */
  evidence: string;
  /** In the imperative; absent if there is nothing to do. */
  advice?: string;
}

/** The figures that the page draws for a check. */
export interface Figures {
  /** One entry per PoC cycle. */
  cycles?: CycleFigure[];
  /** One entry per part of one PoC. */
  parts?: PartFigure[];
  /** One entry per pair of nodes. */
  pairs?: PairFigure[];
}

export interface CycleFigure {
  /** From 1. */
  cycle: number;
  /** Nonces per second, by replica; null: not measured. */
  rates: { port: number; perSecond: number | null }[];
  /** GPU memory in use after the stop; null: the node does not report it. */
  memoryMb: number | null;
}

/** A part of one PoC. */
export interface PartFigure extends Omit<CycleFigure, 'cycle'> {
  /** Its end, in seconds since the measurement began. */
  untilS: number;
}

export interface PairFigure {
  /** Without credentials. */
  a: string;
  b: string;
  nonces: number;
  meanL2: number;
  maxL2: number;
  mismatches: number;
  pValue: number;
  fraudDetected: boolean;
}

/** One check, as the report stores it. */
export interface ImageCheckResult {
  check: CheckName;
  title: string;
  why: string;
  /** The worst of its findings; `skipped`: it did not run. */
  outcome: CheckOutcome | 'skipped';
  /** Why it was skipped, or could not run; null if it ran. */
  reason: string | null;
  findings: ImageFinding[];
  figures: Figures;
  /** Its facts, for programs. */
  facts: unknown;
  /** ISO 8601 in UTC. */
  started_at: string;
  elapsed_s: number;
}

/** `accept_report.json` (`artifacts/schemas/accept-report.schema.json`). */
export interface AcceptReport {
  schema_version: 1;
  harness_version: string;
  /** Start of the run, ISO 8601 in UTC. */
  timestamp: string;
  /** Credentials masked. */
  mlnode_url: string;
  model: string;
  reference: { path: string; sha256: string };
  /** The node's versions; null: it does not report them. */
  node: { version: string | null; vllm: string | null; driver: string | null; hardware: string | null };
  verdict: 'PASS' | 'FAIL' | 'INCOMPLETE';
  verdict_reason: string;
  /** 0 all passed, 2 some failed, 1 some could not run. */
  exit_code: 0 | 1 | 2;
  checks: ImageCheckResult[];
  warnings: string[];
  elapsed_s: number;
}

/** Checks after which replicas may have other ports. */
const STARTS: readonly CheckName[] = ['start', 'restart'];

/**
 * A result, extended by the replicas that earlier checks saw and this one did not: their state is not known,
 * and they stay in the report.
 */
export function withLost(result: ImageCheckResult, earlier: readonly ImageCheckResult[]): ImageCheckResult {
  const portsOf = ({ findings }: ImageCheckResult) => findings.flatMap(({ replica }) => replica ?? []);
  const own = portsOf(result);
  if (own.length === 0 || STARTS.includes(result.check)) return result;
  const since = earlier.slice(Math.max(0, earlier.findLastIndex(isStart)));
  const lost = [...new Set(since.flatMap(portsOf))].filter((port) => !own.includes(port));
  const findings = [
    ...result.findings,
    ...lost.map(
      (replica): ImageFinding => ({ replica, outcome: 'unknown', evidence: 'it was not in rotation' }),
    ),
  ];
  return { ...result, findings, outcome: worstOf(findings.map(({ outcome }) => outcome)) };
}

function isStart({ check, outcome }: ImageCheckResult): boolean {
  return STARTS.includes(check) && outcome !== 'skipped';
}

/** The worst of some outcomes; an empty list is not good. */
export function worstOf(outcomes: CheckOutcome[]): CheckOutcome {
  if (outcomes.includes('fail')) return 'fail';
  return outcomes.length === 0 || outcomes.includes('unknown') ? 'unknown' : 'pass';
}

/** The verdict of a run. A check that was left out is reported, and does not count. */
export function verdictOf(
  checks: readonly ImageCheckResult[],
): Pick<AcceptReport, 'verdict' | 'verdict_reason' | 'exit_code'> {
  const named = (outcome: ImageCheckResult['outcome']) =>
    checks.filter((check) => check.outcome === outcome).map(({ check }) => check);
  const [failed, unknown, passed, skipped] = (['fail', 'unknown', 'pass', 'skipped'] as const).map(named) as [
    CheckName[],
    CheckName[],
    CheckName[],
    CheckName[],
  ];
  const also = [
    ...(unknown.length > 0 && failed.length > 0 ? [`not known: ${unknown.join(', ')}`] : []),
    ...(skipped.length > 0 ? [`not run: ${skipped.join(', ')}`] : []),
  ];
  const reason = (text: string) => [text, ...also].join('; ');
  if (failed.length > 0)
    return { verdict: 'FAIL', verdict_reason: reason(`failed: ${failed.join(', ')}`), exit_code: 2 };
  if (unknown.length > 0)
    return {
      verdict: 'INCOMPLETE',
      verdict_reason: reason(`not known: ${unknown.join(', ')}`),
      exit_code: 1,
    };
  if (passed.length === 0)
    return { verdict: 'INCOMPLETE', verdict_reason: reason('no check was run'), exit_code: 1 };
  const count = passed.length === 1 ? 'the check passed' : `all ${passed.length} checks passed`;
  return { verdict: 'PASS', verdict_reason: reason(count), exit_code: 0 };
}
