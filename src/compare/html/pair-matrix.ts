import { axisX, axisY, cell, text } from '@observablehq/plot';
import { largest } from '../../extremes.js';
import { drawSvg } from '../../page/charts/svg.js';
import { counted, distanceText, pValueText } from '../../text/figures.js';
import type { PairComparison } from '../compare.js';

/** With more recordings the cells would be too small for text. */
const MOST_WRITTEN = 16;

/** The mean distance of every pair of recordings, shaded. Pairs that the test calls fraud have a frame. */
export function pairMatrix(pairs: PairComparison[], names: string[], fraudThreshold: number): string {
  const numberOf = (name: string) => names.indexOf(name) + 1;
  const cells = pairs.flatMap((pair) =>
    [
      [pair.a, pair.b],
      [pair.b, pair.a],
    ].map(([row = '', column = '']) => ({ ...pair, row: numberOf(row), column: numberOf(column) })),
  );
  const numbers = names.map((_, index) => index + 1);
  const most = largest(pairs.map(({ l2 }) => l2?.mean ?? 0));
  const channels = { x: 'column', y: 'row', inset: 1.5 };
  return drawSvg(
    {
      height: matrixHeight(names.length),
      marginLeft: 32,
      marginBottom: 10,
      x: { domain: numbers, label: null },
      y: { domain: numbers, label: null },
      marks: [
        axisX({ anchor: 'top', tickSize: 0 }),
        axisY({ tickSize: 0 }),
        cell(cells, {
          ...channels,
          fill: 'var(--replica-1)',
          // Light enough for a figure on top of it.
          fillOpacity: ({ l2 }) => 0.04 + 0.46 * (most === 0 ? 0 : (l2?.mean ?? most) / most),
          title: describe,
          className: 'pairs',
        }),
        cell(
          cells.filter(({ p_value }) => p_value < fraudThreshold),
          { ...channels, fill: 'none', stroke: 'var(--bad)', strokeWidth: 2, className: 'frauds' },
        ),
        ...(names.length > MOST_WRITTEN
          ? []
          : [text(cells, { x: 'column', y: 'row', text: ({ l2 }) => l2?.mean.toFixed(3) ?? 'none' })]),
      ],
    },
    `Mean L2 distance of each of ${counted(pairs.length, 'pair')}; the table of pairs has the figures.`,
  );
}

/** In pixels, for this number of recordings. */
export function matrixHeight(recordings: number): number {
  return Math.max(260, Math.min(560, 44 + 44 * recordings));
}

function describe({ a, b, l2, n_mismatch, common, p_value }: PairComparison): string {
  return `${a} and ${b}: mean L2 ${distanceText(l2?.mean)}, ${n_mismatch} of ${common} mismatch, p-value ${pValueText(p_value)}`;
}
