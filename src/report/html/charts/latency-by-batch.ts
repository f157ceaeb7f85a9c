import { axisX, axisY, dot, ruleX, ruleY } from '@observablehq/plot';
import { replicaColours } from '../../../page/charts/palette.js';
import { drawSvg } from '../../../page/charts/svg.js';
import type { Observation } from '../../../run/observation.js';
import { counted, durationText, replicaText } from '../../../text/figures.js';

/** Duration of each batch on the replica that computed it. */
export function latencyByBatch(observations: Observation[], ports: (number | null)[]): string {
  const batches = batchesOf(observations);
  return drawSvg(
    {
      x: {
        label: 'batch →',
        domain: [-0.5, batches.reduce((last, { batch }) => Math.max(last, batch), 0) + 0.5],
      },
      y: { label: '↑ seconds', grid: true, zero: true, nice: true },
      color: replicaColours(ports),
      marks: [
        axisX({ ticks: Math.min(10, batches.length), tickFormat: (batch: number) => wholeNumber(batch) }),
        axisY(),
        ruleY([0]),
        ruleX(batches, {
          x: 'batch',
          y1: 0,
          y2: 'latency_s',
          stroke: ({ replica }) => replicaText(replica),
          strokeOpacity: 0.5,
        }),
        dot(batches, {
          x: 'batch',
          y: 'latency_s',
          r: 3.5,
          fill: ({ replica }) => replicaText(replica),
          title: ({ batch, latency_s, replica }) =>
            `batch ${batch}: ${durationText(latency_s)} on replica ${replicaText(replica)}`,
          className: 'batches',
        }),
      ],
    },
    `Time of each of ${counted(batches.length, 'batch', 'batches')}, from request to complete answer.`,
  );
}

/** One entry per batch and replica: the slowest answer, if its nonces came in several. */
function batchesOf(observations: Observation[]): Pick<Observation, 'batch' | 'replica' | 'latency_s'>[] {
  const slowest = new Map<string, Observation>();
  for (const observation of observations) {
    const key = `${observation.batch} ${observation.replica}`;
    const known = slowest.get(key);
    if (known === undefined || observation.latency_s > known.latency_s) slowest.set(key, observation);
  }
  return [...slowest.values()];
}

function wholeNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : '';
}
