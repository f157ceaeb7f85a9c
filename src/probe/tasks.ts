import type { Reply } from '../batches/transport.js';
import type { GenerateExchange } from '../mlnode/generate.js';
import type { Measured } from './measure.js';

/** What the main thread has a worker do: one HTTP exchange, and the measuring of what comes back. */
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

/** What became of it. */
export type FetchReply = Reply<Measured>;
