import { axisX, axisY, boxX, ruleX } from '@observablehq/plot';
import { largest } from '../../../extremes.js';
import { replicaColours } from '../../../page/charts/palette.js';
import { drawSvg } from '../../../page/charts/svg.js';
import type { Observation } from '../../../run/observation.js';
import { counted, replicaText } from '../../../text/figures.js';

/** The distances of each replica as a box: quartiles, whiskers, outliers. */
export function replicaBoxes(
  observations: Observation[],
  threshold: number,
  ports: (number | null)[],
): string {
  const measured = observations.filter(({ l2 }) => l2 !== null);
  return drawSvg(
    {
      // As high as the histogram next to it, unless there are many replicas.
      height: Math.max(270, 72 + 26 * ports.length),
      marginLeft: 20 + 7 * largest(ports.map((port) => replicaText(port).length)),
      x: {
        domain: [0, 1.05 * measured.reduce((most, { l2 }) => Math.max(most, l2 ?? 0), threshold)],
        grid: true,
        label: 'L2 distance →',
      },
      y: { domain: ports.map(replicaText), label: null, padding: 0.55 },
      color: replicaColours(ports),
      marks: [
        axisX(),
        axisY({ tickSize: 0 }),
        boxX(measured, {
          x: 'l2',
          y: ({ replica }) => replicaText(replica),
          fill: ({ replica }: Observation) => replicaText(replica),
          fillOpacity: 0.45,
          stroke: 'currentColor',
          r: 2.5,
        }),
        ruleX([threshold], { stroke: 'var(--bad)', strokeWidth: 2 }),
      ],
    },
    `L2 distances of ${counted(ports.length, 'replica')} as boxes; the table has the figures.`,
  );
}
