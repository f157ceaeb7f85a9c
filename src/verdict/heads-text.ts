import type { ResponseReport, Tested } from '../run/report.js';
import { pValueText } from '../text/figures.js';
import { bandText } from './distribution.js';
import type { HeadsFault } from './heads.js';
import type { HeadsSide } from './heads-side.js';

/**
 * The test and the distances over all nonces outside heads of batches; null where no such fault was found.
 */
export interface Headless extends Tested {
  l2: { mean: number; sd: number } | null;
  /** Whether its distances are those of honest nodes; null: no honest distances are known. */
  honest: boolean | null;
}

/** `the first 5 of every 16 are wrong on replica 5002` */
export function headsText({ period, heads, replicas }: HeadsFault): string {
  if (replicas === null)
    return heads === 1
      ? `the first of every ${period} is wrong`
      : `the first ${heads} of every ${period} are wrong`;
  const on = `replica${replicas.length === 1 ? '' : 's'} ${replicas.join(', ')}`;
  return heads === 1
    ? `the first of every ${period} is wrong on ${on}`
    : `the first ${heads} of every ${period} are wrong on ${on}`;
}

/** `without them 9 of 688 mismatch, p 1, distances 0.300 ± 0.150: honest` */
export function withoutHeadsText(headless: Headless | null, { n_total }: ResponseReport): string {
  if (headless === null || headless.n_total === 0) return `all ${n_total} nonces are among them`;
  const { l2, honest, n_mismatch, p_value } = headless;
  const figures = `without them ${n_mismatch} of ${headless.n_total} mismatch, p ${pValueText(p_value)}`;
  if (l2 === null) return figures;
  const measured = bandText(l2);
  if (honest === null) return `${figures}, distances ${measured} (those of honest nodes are not known)`;
  return honest
    ? `${figures}, distances ${measured}: honest`
    : `${figures}, distances ${measured}: not like those of honest nodes`;
}

/** `the node's batches are computed wrongly: the node left out 12 of 13 of them` */
export function sideText({ side, because }: HeadsSide): string {
  return `the ${side}'s batches are computed wrongly: ${because}`;
}
