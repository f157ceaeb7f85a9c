import { describe, expect, it } from 'vitest';
import type { Epochs } from '../../../src/chain/epochs.js';
import { heightsOfEpoch, snapshotHeight, upcomingHeights } from '../../../src/chain/rules/heights.js';

/** Mainnet before the Kimi K2.6 bootstrap. */
const epochs = {
  epoch: { index: 250, pocStartHeight: 3_859_105 },
  epochLength: 15_391,
  stages: { nextPocStart: 3_874_496 },
} as Epochs;

describe('heights of a bootstrap', () => {
  it("are the guide's for Kimi K2.6", () => {
    const expected = { epoch: 251, snapshotHeight: 3_873_996, pocStartHeight: 3_874_496 };
    expect(upcomingHeights(epochs, 500)).toEqual(expected);
    expect(heightsOfEpoch(251, epochs, 500)).toEqual(expected);
  });

  it.each([
    [250, 3_859_105],
    [249, 3_843_714],
    [260, 4_013_015],
  ])('epoch %i starts PoC at %i', (epoch, pocStartHeight) => {
    expect(heightsOfEpoch(epoch, epochs, 500).pocStartHeight).toBe(pocStartHeight);
  });

  it.each([
    [500, 3_873_996],
    [1, 3_874_495],
    [0, null],
    [-5, null],
  ])('a window of %i blocks', (window, height) => {
    expect(snapshotHeight(3_874_496, window)).toBe(height);
  });
});
