import { axisX, axisY, dot, lineY, ruleY } from '@observablehq/plot';
import { replicaColours } from '../../../page/charts/palette.js';
import { drawSvg } from '../../../page/charts/svg.js';
import type { ThroughputReport } from '../../../run/report.js';
import { counted, rateText, replicaText } from '../../../text/figures.js';

/** The rate of each replica in each sampling interval. */
export function throughputOverTime({ samples }: ThroughputReport, ports: (number | null)[]): string {
  const points = samples.flatMap(({ t_s, replicas }) =>
    replicas.map(({ port, nonces_per_second }) => ({ t_s, port: replicaText(port), nonces_per_second })),
  );
  const channels = { x: 't_s', y: 'nonces_per_second' };
  return drawSvg(
    {
      x: { label: 'seconds of measuring →', zero: true },
      y: { label: '↑ nonces per second', grid: true, zero: true, nice: true },
      color: replicaColours(ports),
      marks: [
        axisX(),
        axisY(),
        ruleY([0]),
        lineY(points, { ...channels, z: 'port', stroke: 'port', strokeWidth: 2 }),
        dot(points, {
          ...channels,
          r: 3,
          fill: 'port',
          title: ({ t_s, port, nonces_per_second }) =>
            `replica ${port} at ${t_s} s: ${rateText(nonces_per_second)}`,
          className: 'rates',
        }),
      ],
    },
    `Nonces per second of each replica in ${counted(samples.length, 'interval')}.`,
  );
}
