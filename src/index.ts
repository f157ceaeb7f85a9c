/** The library: the parts of `assay` that programs use by themselves. */
export { AssayError } from './errors.js';
export { loadGolden } from './golden/load.js';
export type { GoldenFile, GoldenReference, Provenance } from './golden/reference.js';
export { decodeVector, encodeVector } from './vectors/codec.js';
export { cosineDistance, l2Distance } from './vectors/distance.js';
export { type StatTestParams, type StatTestResult, statTest } from './verdict/stat-test.js';
