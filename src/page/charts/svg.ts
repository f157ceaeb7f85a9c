import { type PlotOptions, plot } from '@observablehq/plot';
import { Drawing } from './drawing.js';

/**
 * Draws a plot to the text of an `<svg>` element. Its colours are the page's custom properties and its style
 * is the page's, so that it follows the colour scheme and needs no inline style.
 *
 * @param description text for a screen reader in place of the picture
 */
export function drawSvg(options: PlotOptions, description: string): string {
  const svg = plot({
    // Narrow enough for a phone without scrolling.
    width: 460,
    height: 220,
    marginTop: 28,
    marginLeft: 48,
    marginBottom: 38,
    ...options,
    document: new Drawing() as unknown as Document,
  });
  svg.setAttribute('class', 'chart');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', description);
  return svg.toString();
}
