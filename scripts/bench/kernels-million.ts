import ndarray from 'ndarray';
import { distancesByRow } from '../../src/vectors/distance.js';
import type { BenchItem } from './item.js';

const ROWS = 1_000_000;
const K_DIM = 12;
const values = () => Float32Array.from({ length: ROWS * K_DIM }, (_, i) => Math.sin(i));
const a = values();
const b = values().reverse();
const copies = [new Float32Array(a.length), new Float32Array(b.length)] as const;
const l2 = new Float64Array(ROWS);
const cosine = new Float64Array(ROWS);

export const kernelsMillion: BenchItem = {
  name: 'kernels-million',
  title: 'L2 and cosine distance of 1,000,000 pairs in memory',
  yardstick: 'a copy of the same bytes (`TypedArray.set`)',
  rounds: 15,
  async measure() {
    const shape: [number, number] = [ROWS, K_DIM];
    const start = performance.now();
    distancesByRow(ndarray(a, shape), ndarray(b, shape), l2, cosine);
    const seconds = (performance.now() - start) / 1000;
    return { seconds, figures: { 'per pair': `${Math.round((seconds / ROWS) * 1e9)} ns` } };
  },
  async measureYardstick() {
    const start = performance.now();
    copies[0].set(a);
    copies[1].set(b);
    return (performance.now() - start) / 1000;
  },
};
