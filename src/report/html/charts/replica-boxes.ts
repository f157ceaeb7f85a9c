import { axisX, axisY, boxX, ruleX } from '@observablehq/plot';
import type { Observation } from '../../../probe/observation.js';
import { replicaText } from '../../format.js';
import { drawSvg } from './svg.js';

/** The distances of each replica as a box: quartiles, whiskers, outliers. */
export function replicaBoxes(
  observations: Observation[],
  threshold: number,
  ports: (number | null)[],
): string {
  const measured = observations.filter(({ l2 }) => l2 !== null);
  return drawSvg(
    {
      height: 72 + 40 * ports.length,
      marginLeft: 96,
      x: {
        domain: [0, 1.05 * Math.max(threshold, ...measured.map(({ l2 }) => l2 ?? 0))],
        grid: true,
        label: 'L2 distance →',
      },
      y: { domain: ports.map(replicaText), label: null, padding: 0.3 },
      marks: [
        axisX({ ticks: 6 }),
        axisY({ tickSize: 0 }),
        boxX(measured, {
          x: 'l2',
          y: ({ replica }) => replicaText(replica),
          fill: 'var(--box)',
          stroke: 'currentColor',
          r: 2.5,
        }),
        ruleX([threshold], { stroke: 'var(--bad)', strokeWidth: 2 }),
      ],
    },
    `L2 distances of ${ports.length} replicas as boxes; the table beside it has the figures.`,
  );
}
