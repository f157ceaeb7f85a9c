import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Epochs } from '../../src/chain/epochs.js';
import { windowOf } from '../../src/watch/window.js';

const epochs = (changes: Partial<Epochs> & { left?: number }): Epochs => ({
  blockHeight: 10_000,
  epoch: { index: 7, pocStartHeight: 0 },
  phase: 'Inference',
  stages: {
    pocStart: 0,
    pocGenerationEnd: 0,
    pocValidationStart: 0,
    pocValidationEnd: 0,
    setNewValidators: 0,
    nextPocStart: 10_000 + (changes.left ?? 5_000),
  },
  epochLength: 15_000,
  isConfirmationPocActive: false,
  ...changes,
});

it.each([
  ['outside of Inference', { phase: 'PoCGenerate' }, 'phase'],
  ['while a confirmation PoC is active', { isConfirmationPocActive: true }, 'confirmation_poc'],
  ['shortly before a PoC', { left: 499 }, 'poc_soon'],
])('is closed %s', (_when, changes, reason) => {
  expect(windowOf(epochs(changes), 500)).toMatchObject({ isOpen: false, reason });
});

it('is open in Inference as long as the margin is left', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100, max: 15_000 }), fc.nat(2_000), (left, margin) => {
      expect(windowOf(epochs({ left }), margin).isOpen).toBe(left >= margin);
    }),
  );
});
