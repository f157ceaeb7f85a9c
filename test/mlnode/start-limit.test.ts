import { expect, it } from 'vitest';
import { runnerLimitAdvice, startLimitS } from '../../src/mlnode/start-limit.js';

it('gives a cold start on Blackwell an hour', () => {
  expect(startLimitS(['NVIDIA B200'])).toBe(3_600);
  expect(startLimitS(['NVIDIA H100 80GB HBM3', 'NVIDIA B300 SXM6'])).toBe(3_600);
  expect(startLimitS(['NVIDIA H200'])).toBe(1_800);
  expect(startLimitS([])).toBe(1_800);
});

it('names the node’s own limit for a start that died at it, and for no other', () => {
  expect([1_180, 1_200, 1_260].map(runnerLimitAdvice)).toEqual(
    Array(3).fill(expect.stringContaining('VLLM_RUNNER_TIMEOUT=3600')),
  );
  expect([12, 1_100, 1_500].map(runnerLimitAdvice)).toEqual(Array(3).fill(undefined));
});
