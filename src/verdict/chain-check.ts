import type { CheckedNonce, GenerateAnswer } from '../mlnode/answers.js';
import type { ChainCheck } from '../run/report.js';
import { counted } from '../text/figures.js';

/** The request to an engine. */
export interface ChainsAsked {
  nonces: readonly number[];
  /** For one chain. */
  steps: number;
  /** Margin above which a differing chain mismatches (`dist_threshold`). */
  tau: number;
}

/**
 * Reads an engine's answer to a check of chains. A nonce counts as tested only if the answer names it or the
 * counts cover it. A nonce that was not tested is never taken as good.
 *
 * A nonce is a mismatch where a step differs and its largest margin is above tau. Where the engine gives the
 * margins, this rule is applied here; otherwise the engine's list is used. An older build counts steps
 * instead of nonces.
 *
 * @returns the reason why the answer cannot be believed, where there is one
 */
export function readChainCheck(
  answer: GenerateAnswer,
  asked: ChainsAsked,
): Omit<ChainCheck, 'replicas' | 'answered_by'> | string {
  const { n_total: total, n_mismatch: mismatches, per_nonce } = answer;
  if (total === undefined || mismatches === undefined) return 'a check without its counts';
  const { nonces, steps, tau } = asked;
  const isPooled = total > nonces.length;
  if (total > nonces.length * steps || mismatches > total)
    return `a check of ${counted(nonces.length, 'chain')} that counts ${mismatches} of ${total}`;
  const wasAsked = new Set(nonces);
  const named = [answer.mismatch_nonces ?? [], answer.excluded_nonces ?? [], noncesOf(per_nonce)];
  const other = named.flat().find((nonce) => !wasAsked.has(nonce));
  if (other !== undefined) return `a check that names nonce ${other}, which was not asked for`;
  const each = per_nonce ?? null;
  if (each !== null && new Set(noncesOf(each)).size < each.length) return 'a check that names a nonce twice';

  const excluded = new Set(answer.excluded_nonces ?? []);
  const listed = new Set(answer.mismatch_nonces ?? []);
  const judged = (each ?? []).map((one) => ({ nonce: one.nonce, ...callOf(one, listed, tau) }));
  const mismatching = each === null ? [...listed] : judged.flatMap((one) => (one.mismatch ? one.nonce : []));
  if (!isPooled && each === null && mismatches !== listed.size)
    return `a check that counts ${counted(mismatches, 'mismatch', 'mismatches')} and names ${listed.size}`;
  const margins = judged.flatMap(({ nonce, margin }) => (margin === null ? [] : [{ nonce, margin }]));
  return {
    nonces: [...nonces],
    tested_nonces: testedOf(answer, asked, isPooled).filter((nonce) => !excluded.has(nonce)),
    mismatch_nonces: mismatching.filter((nonce) => !excluded.has(nonce)),
    excluded_nonces: [...excluded],
    margins: each === null || margins.length < each.length ? null : margins,
    is_pooled: isPooled,
    called_otherwise: judged.filter(({ isOtherwise }) => isOtherwise).length,
  };
}

function noncesOf(each: CheckedNonce[] | null | undefined): number[] {
  return (each ?? []).map(({ nonce }) => nonce);
}

/** The judgement of one nonce: by its margin, where the engine gives the margin. */
function callOf(
  { nonce, n_sphere_mismatches: differing, mismatch_margin_max: largest, mismatch: flag }: CheckedNonce,
  listed: ReadonlySet<number>,
  tau: number,
): { mismatch: boolean; margin: number | null; isOtherwise: boolean } {
  const called = flag ?? listed.has(nonce);
  if (largest == null || differing == null) return { mismatch: called, margin: null, isOtherwise: false };
  const margin = differing > 0 ? largest : 0;
  const mismatch = margin > tau;
  return { mismatch, margin, isOtherwise: mismatch !== called };
}

/**
 * The nonces that were tested: those named one by one, or all the others too where the counts add up to them.
 */
function testedOf(
  { n_total: total = 0, n_excluded, excluded_nonces, mismatch_nonces, per_nonce }: GenerateAnswer,
  { nonces, steps }: ChainsAsked,
  isPooled: boolean,
): number[] {
  const isTold = (one: CheckedNonce) => one.n_steps == null || one.n_steps > 0;
  if (per_nonce != null) return noncesOf(per_nonce.filter(isTold));
  const excluded = new Set(excluded_nonces ?? []);
  const rest = nonces.filter((nonce) => !excluded.has(nonce));
  const counted = isPooled ? total / steps : total;
  const isWhole = counted === rest.length && (n_excluded ?? excluded.size) === excluded.size;
  // The engine counted fewer and does not say which. A mismatch that it names still counts.
  return isWhole ? rest : (mismatch_nonces ?? []);
}

/**
 * The checks as they are at another tau: by the margins. An engine that gave none judged at the tau that it was
 * sent, so its chains count as not tested.
 */
export function atTau(checks: ChainCheck[], tau: number): ChainCheck[] {
  return checks.map((check) =>
    check.margins === null
      ? { ...check, tested_nonces: [], mismatch_nonces: [] }
      : {
          ...check,
          mismatch_nonces: check.margins.flatMap(({ nonce, margin }) =>
            margin > tau && !check.excluded_nonces.includes(nonce) ? nonce : [],
          ),
        },
  );
}
