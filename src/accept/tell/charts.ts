import { axisX, axisY, dot, lineY, ruleY } from '@observablehq/plot';
import { replicaColours } from '../../page/charts/palette.js';
import { drawSvg } from '../../page/charts/svg.js';
import { replicaText } from '../../text/figures.js';
import type { CycleFigure } from '../model.js';

/** Nonces per second of each replica, cycle by cycle. */
export function rateChart(cycles: CycleFigure[]): string {
  const ports = [...new Set(cycles.flatMap(({ rates }) => rates.map(({ port }) => port)))];
  const points = cycles.flatMap(({ cycle, rates }) =>
    rates.flatMap(({ port, perSecond }) =>
      perSecond === null ? [] : [{ cycle, value: perSecond, replica: replicaText(port) }],
    ),
  );
  return chart(cycles, points, 'nonces per second', {
    color: replicaColours(ports),
    stroke: 'replica',
  });
}

/** Memory in use after each cycle. */
export function memoryChart(cycles: CycleFigure[]): string {
  const points = cycles.flatMap(({ cycle, memoryMb }) =>
    memoryMb === null ? [] : [{ cycle, value: memoryMb / 1024, replica: 'all' }],
  );
  return chart(cycles, points, 'GB in use', { stroke: 'var(--bar)' });
}

function chart(
  cycles: CycleFigure[],
  points: { cycle: number; value: number; replica: string }[],
  label: string,
  { stroke, ...more }: { stroke: string; color?: ReturnType<typeof replicaColours> },
): string {
  const channels = { x: 'cycle', y: 'value', stroke };
  return drawSvg(
    {
      ...more,
      x: { domain: [0.5, cycles.length + 0.5], label: 'cycle' },
      y: { label: `↑ ${label}`, grid: true, zero: true, nice: true },
      marks: [
        axisX({ ticks: cycles.map(({ cycle }) => cycle), tickFormat: String }),
        axisY(),
        ruleY([0]),
        lineY(points, { ...channels, z: 'replica' }),
        dot(points, { x: 'cycle', y: 'value', fill: stroke, r: 3.5 }),
      ],
    },
    `${label} over ${cycles.length} cycles; the table has the figures.`,
  );
}
