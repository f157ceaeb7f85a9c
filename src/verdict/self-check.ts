import type { Observation } from '../run/observation.js';
import type { SelfCheckOfReplica, SelfCheckReport, ValidateConfig } from '../run/report.js';
import { JUDGE_SOURCE } from '../run/thresholds.js';
import { counted, pValueText } from '../text/figures.js';
import { groupBy } from '../text/group-by.js';
import { fisherTwoSided } from './fisher.js';
import { type StatTestParams, statTest } from './stat-test.js';

/** The count of one replica about itself, summed over the requests that it answered. */
export interface SelfCheckCounts {
  /** null: the node does not name a replica; `all`: an older version added all replicas together. */
  replica: number | null | 'all';
  /** Nonces that it was asked to check; empty where an older version did not record them. */
  nonces: number[];
  n_total: number;
  n_mismatch: number;
  mismatch_nonces: number[];
}

/** Below this p-value, two mismatch counts differ by more than chance. */
const SIGNIFICANT = 0.001;

/** The measurement, in the form that a check is compared with. */
interface Measured {
  n_total: number;
  n_mismatch: number;
  /** Mismatches that a node's own check never counts: vectors with NaN, and left-out nonces. */
  uncounted: number;
}

/** Measured mismatches that the node's own check never counts. */
function measuredOf(observations: Observation[]): Measured {
  return {
    n_total: observations.length,
    n_mismatch: observations.filter(({ mismatch }) => mismatch).length,
    uncounted: observations.filter(({ why }) => why === 'non_finite' || why === 'missing').length,
  };
}

/** How likely two honest counts of one replica differ this much: two-sided Fisher test. */
function chanceOf(check: { n_total: number; n_mismatch: number }, measured: Measured): number {
  return fisherTwoSided(check.n_mismatch, check.n_total, measured.n_mismatch, measured.n_total);
}

/**
 * Whether the check differs only by vectors that it never counts. Every build ignores NaN and left-out
 * nonces, so that is no contradiction. The remaining difference decides.
 */
function accountedFor(check: { n_total: number; n_mismatch: number }, measured: Measured): boolean {
  return (
    measured.uncounted > 0 &&
    chanceOf(check, { ...measured, n_mismatch: measured.n_mismatch - measured.uncounted }) >= SIGNIFICANT
  );
}

interface Compared {
  report: SelfCheckOfReplica;
  measured: Measured | null;
  contradicts: boolean;
}

/** The check of each replica, with what was measured of the same replica. */
function compareReplicas(
  checks: SelfCheckCounts[],
  observations: Observation[],
  inRotation: number,
): Compared[] {
  const named = new Set(observations.map(({ replica }) => replica));
  const replicas = Math.max(named.size, inRotation);
  return [...groupBy(checks, ({ replica }) => replica)].map(([port, own]) => {
    const sum = (of: (check: SelfCheckCounts) => number) =>
      own.reduce((total, check) => total + of(check), 0);
    const check = {
      port: port === 'all' ? null : port,
      nonces: own.flatMap(({ nonces }) => nonces),
      n_total: sum(({ n_total }) => n_total),
      n_mismatch: sum(({ n_mismatch }) => n_mismatch),
      mismatch_nonces: own.flatMap(({ mismatch_nonces }) => mismatch_nonces).sort((a, b) => a - b),
    };
    const found = measuredBeside(port, new Set(check.nonces), observations, replicas);
    if (found === null)
      return { report: { ...check, measured: null, agrees: null }, measured: null, contradicts: false };
    const { measured, sameNonces } = found;
    const agrees = chanceOf(check, measured) >= SIGNIFICANT;
    const { n_total, n_mismatch } = measured;
    return {
      report: { ...check, measured: { n_total, n_mismatch, same_nonces: sameNonces }, agrees },
      measured,
      contradicts: !agrees && !accountedFor(check, measured),
    };
  });
}

/**
 * What was measured of one replica: over the nonces of its check where all of them were measured on it,
 * otherwise over all of its nonces. null where its own measurements are not known.
 */
function measuredBeside(
  port: SelfCheckCounts['replica'],
  nonces: ReadonlySet<number>,
  observations: Observation[],
  replicas: number,
): { measured: Measured; sameNonces: boolean } | null {
  // Answers without a name belong to a replica only if it is the only one.
  if (port === null && replicas > 1) return null;
  const own =
    port === null || port === 'all' ? observations : observations.filter(({ replica }) => replica === port);
  if (own.length === 0) return null;
  const same = own.filter(({ nonce }) => nonces.has(nonce));
  const sameNonces = nonces.size > 0 && same.length === nonces.size;
  return { measured: measuredOf(sameNonces ? same : own), sameNonces };
}

/** A self-check as reported, and whether a replica contradicts its measurement. */
export interface SelfCheckJudgement {
  report: SelfCheckReport;
  contradicts: boolean;
}

/**
 * Compares the node's own check with the measurement, replica by replica. The p-value of the check is
 * computed here from its counts: the node's own p-value covers one request at a time and is not proof.
 *
 * @param checks null where no check was run
 * @param observations all measurements, judged; none where only the node itself judged
 * @param inRotation how many replicas there are; 0 where that is not known
 */
export function compareSelfCheck(
  checks: SelfCheckCounts[] | null,
  observations: Observation[],
  params: StatTestParams,
  inRotation: number,
): SelfCheckJudgement | null {
  if (checks === null || checks.length === 0) return null;
  const compared = compareReplicas(checks, observations, inRotation);
  const reports = compared.map(({ report }) => report);
  const total = (of: (report: SelfCheckOfReplica) => number) =>
    reports.reduce((sum, report) => sum + of(report), 0);
  const n_total = total((report) => report.n_total);
  const n_mismatch = total((report) => report.n_mismatch);
  const { pValue, fraudDetected } = statTest({ nTotal: n_total, nMismatch: n_mismatch, ...params });
  const known = reports.filter(({ agrees }) => agrees !== null);
  const report: SelfCheckReport = {
    n_total,
    n_mismatch,
    mismatch_nonces: reports.flatMap(({ mismatch_nonces }) => mismatch_nonces).sort((a, b) => a - b),
    p_value: pValue,
    fraud_detected: fraudDetected,
    agrees: known.length === 0 ? null : known.every(({ agrees }) => agrees === true),
    note: noteOf(compared, fraudDetected, { n_total, n_mismatch }, params, observations.length > 0),
    ...(checks.some(({ replica }) => replica === 'all') ? {} : { replicas: reports }),
  };
  return { report, contradicts: compared.some(({ contradicts }) => contradicts) };
}

/**
 * The check of a build that knows the decode scheme only: it checks itself by that scheme, so its counts say
 * nothing about the measurement.
 */
export function ofAnotherScheme({ report }: SelfCheckJudgement): SelfCheckJudgement {
  const { n_total, n_mismatch, replicas } = report;
  const note = `the node reports ${n_mismatch} of ${n_total} mismatches; it checks itself by the decode scheme, so this is not compared`;
  return {
    report: {
      ...report,
      agrees: null,
      note,
      ...(replicas !== undefined && { replicas: replicas.map((own) => ({ ...own, agrees: null })) }),
    },
    contradicts: false,
  };
}

/** Both counts and the conclusion of each, then the replicas whose counts differ by more than chance. */
function noteOf(
  compared: Compared[],
  fraudDetected: boolean,
  check: { n_total: number; n_mismatch: number },
  params: StatTestParams,
  isMeasured: boolean,
): string {
  const known = compared.flatMap(({ measured }) => measured ?? []);
  const says = `the node reports ${check.n_mismatch} of ${check.n_total} mismatches`;
  if (!isMeasured) return `${says}; no other engine judged, so there is nothing to compare it with`;
  if (known.length < compared.length)
    return `${says}; which replica it checked is not known, so it is not compared`;
  const nTotal = known.reduce((sum, { n_total }) => sum + n_total, 0);
  const nMismatch = known.reduce((sum, { n_mismatch }) => sum + n_mismatch, 0);
  const uncounted = known.reduce((sum, one) => sum + one.uncounted, 0);
  const measuredFraud = statTest({ nTotal, nMismatch, ...params }).fraudDetected;
  const same = compared.every(({ report }) => report.measured?.same_nonces === true);
  const reports = `${says}, and ${nMismatch} of ${nTotal} were measured${same ? ' on the same nonces' : ''}`;
  const isAccountedFor = !compared.some(({ contradicts }) => contradicts);
  if (isAccountedFor && compared.some(({ report }) => report.agrees === false)) {
    return `${reports}; ${uncounted} of these are NaN or left out, which its check never counts`;
  }
  const apart = compared.filter(({ report }) => report.agrees === false);
  return [
    reports,
    ...apart.map((one) => apartText(one, compared.length)),
    conclusionText(fraudDetected, measuredFraud, apart.length > 0),
  ].join('; ');
}

/** "Agrees" is said of the conclusion only: the counts are given next to it. */
function conclusionText(reported: boolean, measured: boolean, isApart: boolean): string {
  if (reported === measured) return `its result agrees: ${reported ? 'FAIL' : 'PASS'}`;
  if (!isApart) {
    return `${reported ? 'FAIL by its count, PASS' : 'PASS by its count, FAIL'} by the measured count; the difference is within chance`;
  }
  return reported
    ? 'its own check says FAIL, the measurement says PASS'
    : 'its own check says PASS, the measurement says FAIL';
}

function apartText({ report, measured }: Compared, replicas: number): string {
  const name =
    report.port === null || replicas === 1
      ? ''
      : `replica ${report.port} reports ${report.n_mismatch} of ${report.n_total} where ${measured?.n_mismatch} of ${measured?.n_total} were measured, `;
  const chance = measured === null ? 1 : chanceOf(report, measured);
  return `${name}too far apart for chance (Fisher p ${pValueText(chance)})`;
}

/**
 * The one sentence of every report.
 *
 * @param config of the run; with another distance threshold the node's counts say nothing
 */
export function selfCheckSentence(
  check: SelfCheckReport | null,
  config?: Pick<ValidateConfig, 'stat_test'>,
): string {
  if (check === null && config?.stat_test.source.dist_threshold === JUDGE_SOURCE)
    return "the node's own check: it counted with the threshold of the run, and not with this one";
  if (check === null) return "the node's own check: not run";
  const replicas = check.replicas?.filter(({ port }) => port !== null).length ?? 0;
  const on = replicas > 1 ? ` on ${counted(replicas, 'replica')}` : '';
  return `the node's own check${on}: ${check.note}`;
}
