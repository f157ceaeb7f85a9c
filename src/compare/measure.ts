import ndarray from 'ndarray';
import { distancesByRow } from '../vectors/distance.js';

/** Pairs of rows to be measured; every array may be shared between threads. */
export interface MeasureJob {
  kDim: number;
  aVectors: Float32Array;
  bVectors: Float32Array;
  aRows: Int32Array;
  bRows: Int32Array;
  /** Receives one distance per pair, NaN where there is none. */
  l2: Float64Array;
  cosine: Float64Array;
}

/** Small enough that the gathered rows stay in the processor's cache. */
const BLOCK_ROWS = 1024;

/** L2 and cosine distance of each pair of rows. Gathers the rows block by block and measures each block. */
export function measureRows({ kDim, aVectors, bVectors, aRows, bRows, l2, cosine }: MeasureJob): void {
  const aBlock = new Float32Array(BLOCK_ROWS * kDim);
  const bBlock = new Float32Array(BLOCK_ROWS * kDim);
  for (let start = 0; start < aRows.length; start += BLOCK_ROWS) {
    const end = Math.min(aRows.length, start + BLOCK_ROWS);
    gather(aVectors, aRows.subarray(start, end), kDim, aBlock);
    gather(bVectors, bRows.subarray(start, end), kDim, bBlock);
    const shape: [number, number] = [end - start, kDim];
    distancesByRow(
      ndarray(aBlock, shape),
      ndarray(bBlock, shape),
      l2.subarray(start, end),
      cosine.subarray(start, end),
    );
  }
}

function gather(vectors: Float32Array, rows: Int32Array, kDim: number, block: Float32Array): void {
  for (let row = 0; row < rows.length; row++) {
    const from = (rows[row] as number) * kDim;
    for (let i = 0; i < kDim; i++) block[row * kDim + i] = vectors[from + i] as number;
  }
}
