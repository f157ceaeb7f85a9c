import type { ChainsAlike } from '../run/report.js';
import { schemeOf } from '../schemes/index.js';
import { alike } from '../verdict/divergence.js';
import { comparableRows } from './comparable.js';
import { listOf } from './compare.js';
import { differencesOf } from './differences.js';
import type { Pair } from './pair.js';
import type { VectorSet } from './vector-set.js';

/**
 * The result of comparing two recordings of chains. It is no verdict: only an engine can say how close a
 * choice was.
 */
export interface ChainPair extends Pair {
  /** Common nonces where both chains are whole. */
  chains: ChainsAlike;
  /**
   * Share of those chains that are equal up to a step; at the last step, the share of whole chains that are
   * equal.
   */
  equal_up_to: { step: number; share: number }[];
  /** Common nonces where one side has no whole chain. */
  n_without_chain: number;
}

/** Steps at which the share of chains that are still equal is reported. */
const LOOKS = 4;

/** Every pair of several recordings of chains, each once, in their order. */
export function compareAllChains(sets: VectorSet[]): ChainPair[] {
  return sets.flatMap((a, at) => sets.slice(at + 1).map((b) => compareChains(a, b)));
}

/**
 * Finds where the chains of two recordings diverge.
 *
 * @throws AssayError when they are not of the same computation, or have fewer than two common nonces
 */
export function compareChains(a: VectorSet, b: VectorSet): ChainPair {
  const { aRows, bRows, missingInA, missingInB } = comparableRows(a, b);
  const length = schemeOf(a.parameters).rowLength(a.parameters);
  const steps: (number | null)[] = [];
  for (const [at, aRow] of aRows.entries()) {
    const [one, other] = [rowOf(a, aRow, length), rowOf(b, bRows[at] as number, length)];
    if (isWhole(one) && isWhole(other)) steps.push(partingStep(one, other));
  }
  return {
    a: a.label,
    b: b.label,
    common: aRows.length,
    missing_in_a: listOf(missingInA),
    missing_in_b: listOf(missingInB),
    differing_parameters: differencesOf(a.parameters, b.parameters),
    chains: alike(steps),
    equal_up_to:
      steps.length === 0 ? [] : looksOf(length).map((step) => ({ step, share: shareUpTo(steps, step) })),
    n_without_chain: aRows.length - steps.length,
  };
}

function rowOf({ vectors }: VectorSet, row: number, length: number): Float32Array {
  return vectors.subarray(row * length, (row + 1) * length);
}

/** −1 is a step without a finite score, NaN a missing step. */
function isWhole(row: Float32Array): boolean {
  return row.every((step) => step >= 0);
}

function partingStep(a: Float32Array, b: Float32Array): number | null {
  const step = a.findIndex((value, at) => value !== b[at]);
  return step < 0 ? null : step;
}

/** A quarter, a half, three quarters and the whole of a chain. */
function looksOf(length: number): number[] {
  return Array.from({ length: LOOKS }, (_, look) => Math.ceil(((look + 1) * length) / LOOKS));
}

function shareUpTo(steps: (number | null)[], step: number): number {
  return steps.filter((parting) => parting === null || parting >= step).length / steps.length;
}
