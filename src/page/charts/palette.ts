import type { ScaleOptions } from '@observablehq/plot';
import { replicaText } from '../../text/figures.js';

/** How many colours for replicas the style sheet has. */
const COLOURS = 8;

/** The class that gives a replica's colour in text; colours come again after the eighth. */
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
