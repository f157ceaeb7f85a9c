import { text } from '@observablehq/plot';
import { describe, expect, it } from 'vitest';
import { drawSvg } from '../../../src/page/charts/svg.js';
import { HOSTILE } from '../../support/run-fixture.js';

describe('drawSvg', () => {
  const svg = drawSvg(
    {
      x: { domain: [0, 3] },
      marks: [text([HOSTILE], { x: () => 1 / 3, title: () => HOSTILE, fill: () => HOSTILE })],
    },
    HOSTILE,
  );

  it('shows hostile text as text, in attributes and between them', () => {
    expect(svg.match(/<(?!\/?(?:svg|g|text|tspan|title|path)[ >])/g)).toBeNull();
    expect(svg.match(/&lt;script&gt;document\.title=&quot;owned&quot;/g)?.length).toBeGreaterThan(2);
  });

  it('has no style of its own, one description, and no more decimals than a screen shows', () => {
    expect(svg).not.toMatch(/<style|\sstyle=/);
    expect(svg.match(/aria-label/g)).toHaveLength(1);
    expect(svg).not.toMatch(/(?:x|y|d|transform)="[^"]*\.\d{3}/);
  });
});
