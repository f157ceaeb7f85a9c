import type { GoldenReference } from '../golden/reference.js';
import type { PocParams } from '../mlnode/answers.js';
import type { MlNodeClient } from '../mlnode/client.js';
import type { ValidateEvents, ValidateOptions } from './options.js';

/** What every phase of one validation works with. */
export interface ValidateContext {
  options: ValidateOptions;
  events: ValidateEvents;
  node: MlNodeClient;
  reference: GoldenReference;
  params: PocParams;
  ownPublicKey: string;
  signal: AbortSignal;
  /** When the run's own limit is over: a `performance.now()`. */
  until: number;
  /** Multiplies every limit and wait that has no option of its own. */
  patience: number;
  /** Adds a warning to the report, and tells it at once. */
  warn(text: string): void;
}

/** Seconds since `start`, a `performance.now()`, to the millisecond. */
export function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000;
}
