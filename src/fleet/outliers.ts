import { groupBy } from '../text/group-by.js';
import { quantileOfSorted } from '../vectors/summary.js';
import type { NodeResult, Outlier, OutlierFigure } from './model.js';

const FIGURES: OutlierFigure[] = ['l2_mean', 'l2_p98', 'replica_throughput'];
/** Sign of the scores that are worse. */
const WORSE: Record<OutlierFigure, 1 | -1> = { l2_mean: 1, l2_p98: 1, replica_throughput: -1 };
/** The usual limit for the robust score (Iglewicz and Hoaglin 1993). */
const SCORE_LIMIT = 3.5;
/** Scales the median absolute deviation to a standard deviation. */
const NORMAL = 0.6745;
/** With fewer nodes a median has little meaning. */
const MIN_PEERS = 5;
/**
 * Smallest difference that is an outlier, as a share of the median, also when the other nodes agree exactly.
 */
const MIN_DIFFERENCE = 0.1;

/**
 * Nodes whose distances are far above, or whose throughput is far below, those of nodes with the same model,
 * GPUs and build. This finds problems that a fixed threshold does not catch, and problems before a node fails
 * the threshold.
 */
export function outliersOf(nodes: NodeResult[]): Outlier[] {
  const groups = groupBy(
    nodes.filter(({ gpus }) => gpus !== null),
    ({ model, gpus, build }) => JSON.stringify([model, gpus, build]),
  );
  return [...groups.values()].flatMap((group) => FIGURES.flatMap((figure) => outliersIn(group, figure)));
}

function outliersIn(group: NodeResult[], figure: OutlierFigure): Outlier[] {
  const measured = group.flatMap((node) => {
    const value = node[figure];
    return value === null ? [] : [{ node: node.id, value }];
  });
  if (measured.length < MIN_PEERS) return [];
  const median = medianOf(measured.map(({ value }) => value));
  // Where most nodes agree exactly, the smallest deviation worth reporting is used.
  const least = (NORMAL * MIN_DIFFERENCE * median) / SCORE_LIMIT;
  const mad = Math.max(medianOf(measured.map(({ value }) => Math.abs(value - median))), least);
  return measured.flatMap(({ node, value }) => {
    const score = (NORMAL * (value - median)) / mad;
    // Closer to the reference, or faster, than the others is no problem.
    return WORSE[figure] * score > SCORE_LIMIT && mad > 0
      ? [{ node, figure, value, median, score, peers: measured.length }]
      : [];
  });
}

function medianOf(values: number[]): number {
  return quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}
