import { type Markish, text } from '@observablehq/plot';

/** Room at the right of a chart for the label. */
export const LABEL_MARGIN = 88;

/** Names the line of the threshold where no measurement can lie under the words. */
export function thresholdLabel(threshold: number): Markish {
  return text([`threshold\n${threshold}`], {
    y: [threshold],
    frameAnchor: 'right',
    textAnchor: 'start',
    dx: 6,
    fill: 'var(--bad)',
  });
}
