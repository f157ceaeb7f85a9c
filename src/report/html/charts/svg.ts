import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const { document } = parseHTML('<html></html>');

/**
 * Draws a plot to the text of an `<svg>` element. Its colours are the page's custom properties and its style
 * is the page's, so that it follows the colour scheme and needs no inline style.
 *
 * @param description what a screen reader says in place of the picture
 */
export function drawSvg(options: PlotOptions, description: string): string {
  const svg = plot({
    width: 560,
    height: 260,
    marginTop: 28,
    marginLeft: 48,
    marginBottom: 38,
    ...options,
    document,
  });
  for (const style of svg.querySelectorAll('style')) style.remove();
  // Plot names its groups for tools; a screen reader gets the one description instead.
  for (const group of svg.querySelectorAll('g')) {
    group.removeAttribute('aria-label');
    group.removeAttribute('aria-hidden');
  }
  svg.setAttribute('class', 'chart');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', description);
  // Two decimals of a pixel are plenty, and a third of the size.
  for (const element of svg.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      if (GEOMETRY.has(name)) element.setAttribute(name, value.replaceAll(/(\.\d\d)\d+/g, '$1'));
    }
  }
  return svg.toString();
}

const GEOMETRY = new Set(['cx', 'cy', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height', 'd', 'transform']);
