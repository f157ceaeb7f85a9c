import { axisX, axisY, dot, ruleX, ruleY } from '@observablehq/plot';
import { replicaColours } from '../../../page/charts/palette.js';
import { drawSvg } from '../../../page/charts/svg.js';
import { LABEL_MARGIN, thresholdLabel } from '../../../page/charts/threshold-label.js';
import type { Observation } from '../../../run/observation.js';
import { counted, distanceText, replicaText } from '../../../text/figures.js';

/**
 * The distance of every nonce in the order of the requests, coloured by replica. Mismatches have a ring,
 * batch borders are dashed lines. A measurement without a finite distance is at the top edge.
 */
export function distanceByNonce(
  observations: Observation[],
  threshold: number,
  ports: (number | null)[],
): string {
  const { places, nonces, borders } = layOut(observations);
  const top = 1.08 * observations.reduce((most, { l2 }) => Math.max(most, l2 ?? 0), threshold * 1.15);
  const many = nonces.length > 500;
  const channels = {
    x: ({ nonce }: Observation) => places.get(nonce),
    y: ({ l2 }: Observation) => l2 ?? top,
  };
  const mismatches = observations.filter(({ mismatch }) => mismatch);

  return drawSvg(
    {
      width: 1100,
      height: 340,
      marginRight: LABEL_MARGIN,
      x: { domain: [-1, nonces.length], label: 'nonce, in the order of the reference →' },
      y: { domain: [0, top], label: '↑ L2 distance' },
      color: replicaColours(ports),
      marks: [
        axisX({ ticks: 10, tickFormat: (place: number) => String(nonces[place] ?? '') }),
        axisY({ ticks: 5 }),
        ruleX(borders, {
          x: (place: number) => place - 0.5,
          strokeDasharray: '2 4',
          className: 'borders',
        }),
        ruleY([0]),
        dot(observations, {
          ...channels,
          r: many ? 1.8 : 2.8,
          fill: ({ replica }) => replicaText(replica),
          title: describe,
          className: 'measurements',
        }),
        dot(mismatches, {
          ...channels,
          r: many ? 3.2 : 5,
          stroke: 'currentColor',
          strokeWidth: many ? 0.6 : 1,
          className: 'mismatches',
        }),
        ruleY([threshold], { stroke: 'var(--bad)', strokeWidth: 2, className: 'threshold' }),
        thresholdLabel(threshold),
      ],
    },
    `L2 distance of ${counted(observations.length, 'measurement')} of ${counted(nonces.length, 'nonce')}, ${mismatches.length} of them mismatches.`,
  );
}

/** Positions of the nonces from left to right, and the positions at which a batch begins. */
function layOut(observations: Observation[]) {
  const inOrder = [...observations].sort((a, b) => a.batch - b.batch);
  const places = new Map<number, number>();
  const nonces: number[] = [];
  const borders: number[] = [];
  let batch = inOrder[0]?.batch;
  for (const observation of inOrder) {
    if (places.has(observation.nonce)) continue;
    if (observation.batch !== batch) borders.push(nonces.length);
    batch = observation.batch;
    places.set(observation.nonce, nonces.length);
    nonces.push(observation.nonce);
  }
  return { places, nonces, borders };
}

function describe({ nonce, l2, why, replica, batch }: Observation): string {
  const verdict = why === null ? '' : `, mismatch: ${why}`;
  return `nonce ${nonce}: L2 ${distanceText(l2)}, replica ${replicaText(replica)}, batch ${batch}${verdict}`;
}
