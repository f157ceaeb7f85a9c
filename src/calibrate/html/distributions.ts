import { axisX, axisY, rect, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import { binEdges } from '../../page/charts/bins.js';
import { drawSvg } from '../../page/charts/svg.js';
import { counted } from '../../text/figures.js';
import type { DistanceSample, Measure } from '../sample.js';

export interface DistributionsInput {
  measure: Measure;
  honest: DistanceSample[];
  fraud: DistanceSample[];
  threshold: number;
  /** 95 % interval of the percentile that gives the threshold. */
  interval: [number, number];
}

/** The distribution of honest and fraud distances, each as shares of its own nonces, with the threshold. */
export function distributions({ measure, honest, fraud, threshold, interval }: DistributionsInput): string {
  const largest = largestFinite([...honest, ...fraud]);
  const edges = binEdges(threshold, Math.max(threshold * 1.2, largest));
  const last = edges.at(-1) as number;
  const bars = (samples: DistanceSample[], colour: string) =>
    rectY(shares(samples, edges), {
      x1: 'x1',
      x2: 'x2',
      y: 'share',
      fill: colour,
      fillOpacity: 0.6,
      title: ({ count, x1, x2 }) => `${counted(count, 'nonce')} from ${x1.toFixed(3)} to ${x2.toFixed(3)}`,
    });
  return drawSvg(
    {
      height: 270,
      marginTop: 46,
      x: { domain: [0, last], label: measure === 'margin' ? 'margin →' : 'L2 distance →' },
      y: { grid: true, nice: true, percent: true, label: '↑ % of the nonces' },
      marks: [
        axisX(),
        axisY(),
        rect([interval], { x1: '0', x2: '1', fill: 'var(--bad)', fillOpacity: 0.16, className: 'interval' }),
        bars(honest, 'var(--honest)'),
        bars(fraud, 'var(--int4)'),
        ruleX([threshold], { stroke: 'var(--bad)', strokeWidth: 2, className: 'threshold' }),
        text([`threshold ${threshold}`], {
          x: [threshold],
          frameAnchor: 'top',
          textAnchor: threshold > last / 2 ? 'end' : 'start',
          dx: threshold > last / 2 ? -6 : 6,
          dy: -12,
          fill: 'var(--bad)',
        }),
        ruleY([0]),
      ],
    },
    fraud.length === 0
      ? `Histogram of honest ${measure}s, threshold ${threshold}.`
      : `Histogram of honest ${measure}s and of fraud ones, threshold ${threshold}.`,
  );
}

/** Counted here: a plot's own binning would create an object for each of a million distances. */
function shares(samples: DistanceSample[], edges: number[]) {
  const width = edges[1] as number;
  const counts = new Array<number>(edges.length - 1).fill(0);
  let total = 0;
  for (const { l2 } of samples) {
    total += l2.length;
    for (let i = 0; i < l2.length; i++) {
      const distance = l2[i] as number;
      if (!Number.isFinite(distance)) continue;
      const bin = Math.min(counts.length - 1, Math.floor(distance / width));
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return counts.flatMap((count, bin) =>
    count === 0
      ? []
      : [{ x1: edges[bin] as number, x2: edges[bin + 1] as number, count, share: count / total }],
  );
}

function largestFinite(samples: DistanceSample[]): number {
  let largest = 0;
  for (const { l2 } of samples) {
    for (let i = 0; i < l2.length; i++) {
      const distance = l2[i] as number;
      if (distance > largest && distance < Infinity) largest = distance;
    }
  }
  return largest;
}
