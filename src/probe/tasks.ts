import type { Reply } from '../batches/transport.js';
import type { GenerateExchange } from '../mlnode/generate.js';
import type { Measured } from './measure.js';

/** The task of a worker: one HTTP exchange, and measuring the answer. */
export interface FetchTask extends GenerateExchange {
  nonces: Float64Array;
  /** Name of the scheme of the vectors. */
  scheme: string;
  /** All golden vectors: float32, shape [rows, rowLength], shared between threads. */
  golden: SharedArrayBuffer;
  rowLength: number;
  /** First golden row of this batch. */
  start: number;
}

/** The result of the task. */
export type FetchReply = Reply<Measured>;
