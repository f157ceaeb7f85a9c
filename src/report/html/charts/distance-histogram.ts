import { axisX, axisY, binX, rect, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import { largest } from '../../../extremes.js';
import { binEdges } from '../../../page/charts/bins.js';
import { drawSvg } from '../../../page/charts/svg.js';
import type { Observation } from '../../../run/observation.js';
import { counted } from '../../../text/figures.js';

export interface HistogramInput {
  observations: Observation[];
  threshold: number;
  /** Number of mismatches that still pass, in words. */
  tolerated: string;
  /** Known bands, for scale: mean and standard deviation. */
  bands: { name: string; mean: number; sd: number; colour: string }[];
}

/** Histogram of the L2 distances, with the threshold and the known bands. */
export function distanceHistogram({ observations, threshold, tolerated, bands }: HistogramInput): string {
  const distances = observations.map(({ l2 }) => l2).filter((l2) => l2 !== null);
  const end = Math.max(threshold * 1.2, largest(distances), ...bands.map(({ mean, sd }) => mean + sd));
  const edges = binEdges(threshold, end);
  const last = edges.at(-1) as number;
  const beyond = observations.filter(({ mismatch }) => mismatch).length;

  return drawSvg(
    {
      height: 270,
      marginTop: 62,
      x: { domain: [0, last], label: 'L2 distance to the reference vector →' },
      y: { grid: true, nice: true, label: '↑ nonces' },
      marks: [
        axisX(),
        axisY(),
        rect(bands, {
          x1: ({ mean, sd }) => Math.max(0, mean - sd),
          x2: ({ mean, sd }) => mean + sd,
          fill: ({ colour }) => colour,
          fillOpacity: 0.16,
          className: 'bands',
        }),
        // Each label has its own line above the frame, since narrow bands are close together.
        ...bands.map((band, row) =>
          text([band], {
            x: ({ mean, sd }) => Math.max(0, mean - sd),
            text: ({ name, mean, sd }) => `${name} ${mean.toFixed(3)} ± ${sd.toFixed(3)}`,
            fill: band.colour,
            frameAnchor: 'top',
            textAnchor: 'start',
            dy: -14 - 16 * row,
          }),
        ),
        rectY(distances, {
          ...binX(
            { y: 'count', title: (bin: number[]) => `${counted(bin.length, 'nonce')}` },
            { x: (distance: number) => distance, thresholds: edges },
          ),
          fill: 'var(--bar)',
          className: 'distances',
        }),
        ruleX([threshold], { stroke: 'var(--bad)', strokeWidth: 2, className: 'threshold' }),
        text([`threshold ${threshold}: ${beyond} above, ${tolerated} tolerated`], {
          x: [threshold],
          frameAnchor: 'top',
          textAnchor: threshold > last / 2 ? 'end' : 'start',
          dx: threshold > last / 2 ? -6 : 6,
          dy: -14 - 16 * bands.length,
          fill: 'var(--bad)',
        }),
        ruleY([0]),
      ],
    },
    `Histogram of ${distances.length} L2 distances; ${counted(beyond, 'mismatch', 'mismatches')}, threshold ${threshold}.`,
  );
}
