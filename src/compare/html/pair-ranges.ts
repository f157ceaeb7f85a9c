import { axisX, axisY, dot, ruleX, ruleY } from '@observablehq/plot';
import { drawSvg } from '../../page/charts/svg.js';
import { counted } from '../../text/figures.js';
import type { PairComparison } from '../compare.js';

/**
 * The range of the distances of each pair: minimum to maximum as a thin line, median to 98th percentile as a
 * thick line.
 *
 * @param height in pixels, if the pairs fit
 */
export function pairRanges(
  pairs: PairComparison[],
  nameOf: (pair: PairComparison) => string,
  threshold: number,
  height: number,
): string {
  const measured = pairs.flatMap(({ l2, ...pair }) =>
    l2 === null ? [] : [{ ...l2, name: nameOf({ l2, ...pair }) }],
  );
  return drawSvg(
    {
      height: Math.max(height, 72 + 18 * pairs.length),
      marginLeft: 64,
      x: {
        domain: [0, 1.05 * Math.max(threshold, ...measured.map(({ max }) => max))],
        grid: true,
        label: 'L2 distance →',
      },
      y: { type: 'point', domain: pairs.map(nameOf), label: null, padding: 0.7 },
      marks: [
        axisX(),
        axisY({ tickSize: 0 }),
        ruleY(measured, { y: 'name', x1: 'min', x2: 'max', strokeOpacity: 0.7, className: 'ranges' }),
        ruleY(measured, { y: 'name', x1: 'p50', x2: 'p98', stroke: 'var(--bar)', strokeWidth: 9 }),
        dot(measured, { y: 'name', x: 'mean', r: 3.5, fill: 'currentColor' }),
        ruleX([threshold], { stroke: 'var(--bad)', strokeWidth: 2, className: 'threshold' }),
      ],
    },
    `L2 distances of ${counted(pairs.length, 'pair')} from least to largest; the table of pairs has the figures.`,
  );
}
