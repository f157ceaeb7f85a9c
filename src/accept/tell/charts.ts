import { axisX, axisY, dot, lineY, ruleY } from '@observablehq/plot';
import { replicaColours } from '../../page/charts/palette.js';
import { drawSvg } from '../../page/charts/svg.js';
import { replicaText } from '../../text/figures.js';
import type { CycleFigure, Figures, PartFigure } from '../model.js';

/** The horizontal axis for rate and memory: PoC cycles, or parts of one PoC. */
export interface Course {
  /** Unit of one step: `PoC cycle`, or `seconds`. */
  axis: 'PoC cycle' | 'seconds';
  steps: Step[];
}

type Step = Omit<CycleFigure & PartFigure, 'cycle' | 'untilS'> & { at: number };

/** The figures of a check for each step. */
export function coursesOf({ cycles = [], parts = [] }: Figures): Course[] {
  const courses: Course[] = [
    { axis: 'PoC cycle', steps: cycles.map(({ cycle, ...step }) => ({ at: cycle, ...step })) },
    { axis: 'seconds', steps: parts.map(({ untilS, ...step }) => ({ at: untilS, ...step })) },
  ];
  return courses.filter(({ steps }) => steps.length > 0);
}

/** Nonces per second of each replica. */
export function rateChart(course: Course): string {
  const ports = [...new Set(course.steps.flatMap(({ rates }) => rates.map(({ port }) => port)))];
  const points = course.steps.flatMap(({ at, rates }) =>
    rates.flatMap(({ port, perSecond }) =>
      perSecond === null ? [] : [{ at, value: perSecond, replica: replicaText(port) }],
    ),
  );
  return chart(course, points, 'nonces per second', {
    color: replicaColours(ports),
    stroke: 'replica',
  });
}

/** GPU memory in use. */
export function memoryChart(course: Course): string {
  const points = course.steps.flatMap(({ at, memoryMb }) =>
    memoryMb === null ? [] : [{ at, value: memoryMb / 1024, replica: 'all' }],
  );
  return chart(course, points, 'GB in use', { stroke: 'var(--bar)' });
}

function chart(
  { axis, steps }: Course,
  points: { at: number; value: number; replica: string }[],
  label: string,
  { stroke, ...more }: { stroke: string; color?: ReturnType<typeof replicaColours> },
): string {
  const ticks = steps.map(({ at }) => at);
  const half = (ticks[0] ?? 1) / 2;
  return drawSvg(
    {
      ...more,
      x: { domain: [half, (ticks.at(-1) ?? 1) + half], label: axis },
      y: { label: `↑ ${label}`, grid: true, zero: true, nice: true },
      marks: [
        axisX({ ticks, tickFormat: (at: number) => String(Number(at.toPrecision(3))) }),
        axisY(),
        ruleY([0]),
        lineY(points, { x: 'at', y: 'value', stroke, z: 'replica' }),
        dot(points, { x: 'at', y: 'value', fill: stroke, r: 3.5 }),
      ],
    },
    `${label} by ${axis}, ${steps.length} points.`,
  );
}
