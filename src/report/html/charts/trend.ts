import { axisX, axisY, dot, lineY, ruleY } from '@observablehq/plot';
import { largest, smallest } from '../../../extremes.js';
import { drawSvg } from '../../../page/charts/svg.js';
import { LABEL_MARGIN, thresholdLabel } from '../../../page/charts/threshold-label.js';
import { counted } from '../../../text/figures.js';

/** A figure of one run. */
export interface TrendPoint {
  /** ISO 8601 */
  timestamp: string;
  value: number;
  /** Text shown when the pointer is over it. */
  title: string;
  /** The point has a ring, since the run is not a PASS. */
  bad: boolean;
}

export interface TrendSeries {
  colour: string;
  points: TrendPoint[];
}

/** Of all series together. */
const MOST_DOTS = 120;

/** Trend of figures from run to run. */
export function trend(series: TrendSeries[], label: string, threshold?: number): string {
  const points = series.flatMap(({ colour, points: own }) =>
    own.map((point) => ({ ...point, colour, at: new Date(point.timestamp) })),
  );
  const channels = { x: 'at', y: 'value' };
  return drawSvg(
    {
      x: { type: 'utc', domain: spanOf(points.map(({ at }) => at)), label: null },
      y: { label: `↑ ${label}`, grid: true, zero: true, nice: true },
      marginRight: threshold === undefined ? 24 : LABEL_MARGIN,
      marks: [
        axisX(),
        axisY(),
        ruleY([0]),
        ...series.map(({ colour }) =>
          lineY(
            points.filter((point) => point.colour === colour),
            { ...channels, stroke: colour, strokeWidth: 1.5 },
          ),
        ),
        // With many runs, dots hide each other, so only bad runs have dots and the rest is a line.
        dot(points.length > MOST_DOTS ? points.filter(({ bad }) => bad) : points, {
          ...channels,
          r: 3.5,
          fill: ({ colour }) => colour,
          title: 'title',
          className: 'runs',
        }),
        dot(
          points.filter(({ bad }) => bad),
          { ...channels, r: 6.5, stroke: 'var(--bad)', strokeWidth: 2, className: 'failed' },
        ),
        ...(threshold === undefined
          ? []
          : [ruleY([threshold], { stroke: 'var(--bad)', strokeWidth: 2 }), thresholdLabel(threshold)]),
      ],
    },
    `${label} of ${counted(Math.max(0, largest(series.map(({ points: own }) => own.length))), 'run')} over time; the table has the figures.`,
  );
}

/** From the first to the last run, with space at both ends so that a single run is visible too. */
function spanOf(times: Date[]): [Date, Date] {
  const [first, last] = [smallest(times.map(Number)), largest(times.map(Number))];
  const room = Math.max((last - first) / 20, 60_000);
  return [new Date(first - room), new Date(last + room)];
}
