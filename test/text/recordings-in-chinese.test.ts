import { afterEach, beforeEach, expect, it } from 'vitest';
import { inLanguage, useLanguage } from '../../src/text/language.js';

beforeEach(() => useLanguage('zh'));
afterEach(() => useLanguage('en'));

it.each([
  'assay: a.json and b.json: model is "m" in one and "q" in the other, so their vectors cannot be compared; compare recordings of the same model; if it has two names (a quantised repository), give --model MODEL',
  'assay: a.json and b.json: 0 common nonces, at least two are needed; record the same nonces on both (they have 64 nonces from 0 to 63 and only nonce 7)',
  'assay: the node cannot be used as a reference: the vectors of 64 nonces differ by more than 0.02 between its 2 runs, 2 of them at batch starts, computed by replicas 5001, 5002, and these runs do not show which is wrong (nonce 0, 1, …, largest distance 1.8639); record on an idle node with one replica first, or allow more with --repeat-limit and start over with --force',
  'assay: honest runs: their distances are all 0 up to the percentile. They give no threshold between 0 and 1; calibrate with honest runs on other hardware or builds',
  'thresholds and honest distances written into x.json, a new model file of moonshotai/Kimi-K2.6',
  '504 nonces for a power of 95 %',
  'runs/a (without 3 chains that the engine did not test)',
  'refused  reference b.json: not JSON (Unexpected end of JSON input)',
  'assay: chain script x.json: the top level must be object',
  'assay: no reference is called x, none is of a model x, and there is no such file; `assay golden list` shows the references; a file is given by its path',
  'simulated ML node without a model (--profile honest,honest); Ctrl-C stops it',
  'notes of the reference: its thresholds are not calibrated yet (`assay calibrate` computes them from honest runs); source: recorded with assay; 8×B200',
])('is Chinese as a whole: %s', (text) => {
  const shown = inLanguage(text).replaceAll(/`[^`]*`|--[\w-]+ \S+/g, '');
  expect(shown).toMatch(/[\u4e00-\u9fff]/);
  expect(shown).not.toMatch(/[a-z]{2,} [a-z]{2,}/);
});

it('keeps names of profiles, files and flags', () => {
  expect(inLanguage('a simulated node (--profile honest) listens on http://127.0.0.1:1')).toContain(
    '--profile honest',
  );
  expect(inLanguage('--profile nope: no such profile; use exact|honest')).toContain('exact|honest');
});
