/** One figure in a row of runs; null if a run has none. */
export interface SparkPoint {
  value: number | null;
  /** Drawn as a dot: the run is not a PASS. */
  isBad: boolean;
}

/** The style of sparklines, for pages that have them. */
export const SPARK_STYLE = `
.spark { display: block; width: 120px; height: 24px; }
.spark polyline { fill: none; stroke: var(--bar); stroke-width: 1.5; } .spark circle { fill: var(--bad); }
`;

const [WIDTH, HEIGHT, EDGE] = [120, 24, 2];

/**
 * A trend line as high as a row of text, from 0 to the largest figure. A dash if there are fewer than two.
 */
export function Spark({ points, label }: { points: SparkPoint[]; label: string }) {
  const known = points.flatMap(({ value, isBad }, at) => (value === null ? [] : [{ value, isBad, at }]));
  if (known.length < 2) return <>–</>;
  const most = known.reduce((highest, { value }) => Math.max(highest, value), 1e-9);
  const x = (at: number) => rounded(EDGE + (at / Math.max(1, points.length - 1)) * (WIDTH - 2 * EDGE));
  const y = (value: number) => rounded(HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE));
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <polyline points={known.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')} />
      {known
        .filter(({ isBad }) => isBad)
        .map(({ at, value }) => (
          <circle key={at} cx={x(at)} cy={y(value)} r={EDGE} />
        ))}
    </svg>
  );
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}
