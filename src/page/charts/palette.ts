import type { ScaleOptions } from '@observablehq/plot';
import { replicaText } from '../../text/figures.js';

/** Number of colours for replicas in the style sheet. */
const COLOURS = 8;

/** The CSS class for a replica's colour in text; after the eighth the colours repeat. */
export function replicaClass(index: number): string {
  return `replica-${(index % COLOURS) + 1}`;
}

/** A colour scale from a replica's port to its colour on the page. */
export function replicaColours(ports: (number | null)[]): ScaleOptions {
  return {
    type: 'categorical',
    domain: ports.map(replicaText),
    range: ports.map((_, index) => `var(--${replicaClass(index)})`),
  };
}
