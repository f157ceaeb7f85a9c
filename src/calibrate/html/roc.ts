import { axisX, axisY, dot, lineY, ruleY } from '@observablehq/plot';
import { drawSvg } from '../../page/charts/svg.js';
import type { RocPoint } from '../roc.js';
import type { Separation } from '../separation.js';

/**
 * The share of fraud that every threshold detects, against the share of honest nonces that it rejects, with
 * the recommended one marked.
 */
export function roc(curve: RocPoint[], { roc_area, false_alarm_rate, miss_rate }: Separation): string {
  const channels = { x: 'false_alarm_rate', y: 'detection_rate' };
  const atThreshold = [{ false_alarm_rate, detection_rate: 1 - miss_rate }];
  return drawSvg(
    {
      height: 270,
      marginRight: 24,
      x: { domain: [0, 100], percent: true, label: 'honest nonces above the threshold, % →' },
      y: { domain: [0, 100], percent: true, grid: true, label: '↑ fraud nonces above it, %' },
      marks: [
        axisX(),
        axisY(),
        lineY(
          [0, 1].map((rate) => ({ false_alarm_rate: rate, detection_rate: rate })),
          { ...channels, strokeDasharray: '3 4', strokeOpacity: 0.6 },
        ),
        lineY(curve, { ...channels, stroke: 'var(--bar)', strokeWidth: 2.5, className: 'curve' }),
        dot(atThreshold, {
          ...channels,
          r: 6,
          stroke: 'var(--bad)',
          strokeWidth: 2.5,
          title: () => 'the recommended threshold',
          className: 'threshold',
        }),
        ruleY([0]),
      ],
    },
    `ROC curve, area ${roc_area.toFixed(4)}.`,
  );
}
