import { type Markish, text } from '@observablehq/plot';

/** Space at the right of a chart for the label. */
export const LABEL_MARGIN = 88;

/** The label of the threshold's line, where it cannot cover a measurement. */
export function thresholdLabel(threshold: number): Markish {
  return text([`threshold\n${threshold}`], {
    y: [threshold],
    frameAnchor: 'right',
    textAnchor: 'start',
    dx: 6,
    fill: 'var(--bad)',
  });
}
