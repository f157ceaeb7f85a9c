import { expect, it } from 'vitest';
import { referenceThresholds } from '../../src/run/reference-thresholds.js';

it('are those of the reference, and where it brings none those of its model', async () => {
  const model = 'MiniMaxAI/MiniMax-M2.7';
  expect(await referenceThresholds({ model, dist_threshold: 0.6 })).toEqual({
    source: 'reference',
    values: { dist_threshold: 0.6 },
  });
  expect(await referenceThresholds({ model })).toEqual({
    source: 'model file',
    values: { dist_threshold: 0.75, p_mismatch: 0.1, fraud_threshold: 0.05 },
  });
  const unknown = await referenceThresholds({ model: 'nobody/knows' });
  expect(Object.values(unknown.values).filter((value) => value !== undefined)).toEqual([]);
});
