/** The library: the parts of `assay` that programs use by themselves. */
export { AssayError } from './errors.js';
export { loadGolden } from './golden/load.js';
export type { GoldenFile, GoldenReference, Provenance } from './golden/reference.js';
export type { HonestBand, KnownDistances } from './models/distances.js';
export { findModel } from './models/load.js';
export type { ModelFile } from './models/model-file.js';
export type { Observation } from './run/observation.js';
export type { ValidateReport } from './run/report.js';
export { decodeVector, encodeVector } from './schemes/half-base64.js';
export type { ValidateEvents, ValidateOptions, ValidatePhase } from './validate/options.js';
export { type ValidateResult, validateNode } from './validate/validate-node.js';
export { cosineDistance, l2Distance } from './vectors/distance.js';
export type { GoldenVectors, JudgeInput } from './verdict/input.js';
export { type Judgement, judge } from './verdict/judge.js';
export { type StatTestParams, type StatTestResult, statTest } from './verdict/stat-test.js';
