import { AssayError } from '../errors.js';
import type { VectorSet } from './vector-set.js';

/** Which rows of two sets have the same nonce, in ascending order of nonces. */
export interface PairedRows {
  /** The common nonces. */
  nonces: Float64Array;
  /** Row of each common nonce in the first and in the second set, in shared memory. */
  aRows: Int32Array<SharedArrayBuffer>;
  bRows: Int32Array<SharedArrayBuffer>;
  /** Nonces that only the other set has. */
  missingInA: number[];
  missingInB: number[];
}

/**
 * Pairs two sets by nonce: one pass over both sets. The rows are sorted first only if a file is not in order
 * already.
 *
 * @throws AssayError when a set lists a nonce twice
 */
export function pairRows(a: VectorSet, b: VectorSet): PairedRows {
  if (areSameInOrder(a.nonces, b.nonces)) {
    const rows = new Int32Array(new SharedArrayBuffer(4 * a.nonces.length));
    for (let row = 0; row < rows.length; row++) rows[row] = row;
    return { nonces: a.nonces, aRows: rows, bRows: rows, missingInA: [], missingInB: [] };
  }
  const aOrder = ascendingOrder(a);
  const bOrder = ascendingOrder(b);
  const capacity = Math.min(a.nonces.length, b.nonces.length);
  const aRows = new Int32Array(new SharedArrayBuffer(4 * capacity));
  const bRows = new Int32Array(new SharedArrayBuffer(4 * capacity));
  const nonces = new Float64Array(capacity);
  const missingInA: number[] = [];
  const missingInB: number[] = [];
  let common = 0;
  let i = 0;
  let j = 0;
  while (i < aOrder.length || j < bOrder.length) {
    const x = i < aOrder.length ? (a.nonces[aOrder[i] as number] as number) : Infinity;
    const y = j < bOrder.length ? (b.nonces[bOrder[j] as number] as number) : Infinity;
    if (x === y) {
      nonces[common] = x;
      aRows[common] = aOrder[i++] as number;
      bRows[common++] = bOrder[j++] as number;
    } else if (x < y) {
      missingInB.push(x);
      i++;
    } else {
      missingInA.push(y);
      j++;
    }
  }
  return {
    nonces: nonces.subarray(0, common),
    aRows: aRows.subarray(0, common),
    bRows: bRows.subarray(0, common),
    missingInA,
    missingInB,
  };
}

/** The usual case: both list the same nonces, ascending. */
function areSameInOrder(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let row = 0; row < a.length; row++) {
    const nonce = a[row] as number;
    if (nonce !== b[row] || (row > 0 && nonce <= (a[row - 1] as number))) return false;
  }
  return true;
}

/** Row numbers by ascending nonce. */
function ascendingOrder({ nonces, label }: VectorSet): Int32Array {
  const order = new Int32Array(nonces.length);
  let isOrdered = true;
  for (let row = 0; row < order.length; row++) {
    order[row] = row;
    if (row > 0 && (nonces[row] as number) <= (nonces[row - 1] as number)) isOrdered = false;
  }
  if (isOrdered) return order;
  order.sort((x, y) => (nonces[x] as number) - (nonces[y] as number));
  for (let i = 1; i < order.length; i++) {
    const nonce = nonces[order[i] as number] as number;
    if (nonce === nonces[order[i - 1] as number]) {
      throw new AssayError(`${label}: nonce ${nonce}: listed twice`);
    }
  }
  return order;
}
