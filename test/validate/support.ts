import { afterEach } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { pocParamsOf } from '../../src/golden/poc-params.js';
import { MlNodeClient } from '../../src/mlnode/client.js';
import {
  type MlNodeSimulator,
  type MlNodeSimulatorOptions,
  startMlNodeSimulator,
} from '../../src/simulator/mlnode/index.js';
import type { ValidateContext } from '../../src/validate/context.js';
import type { ValidateEvents, ValidateOptions } from '../../src/validate/options.js';
import { newOwnPublicKey } from '../../src/validate/own-key.js';

export const reference = await findGolden('moonshotai/Kimi-K2.6');
export const MODEL = reference.file.model;

/** A fifth of the waits that are made for a real network. */
const PATIENCE = 0.2;

/** What a phase works with, and what it said meanwhile. */
export interface Watched {
  context: ValidateContext;
  warnings: string[];
  notes: string[];
  progress: Omit<Parameters<NonNullable<ValidateEvents['progress']>>[0], 'phase'>[];
}

/** A phase's context for the node at a URL. */
export function watched(
  url: string,
  options: Partial<ValidateOptions> = {},
  signal: AbortSignal = new AbortController().signal,
): Watched {
  const seen: Omit<Watched, 'context'> = { warnings: [], notes: [], progress: [] };
  const context: ValidateContext = {
    options: { mlnodeUrl: url, model: MODEL, ...options },
    events: {
      progress: ({ phase: _phase, ...progress }) => seen.progress.push(progress),
      note: (text) => seen.notes.push(text),
    },
    node: new MlNodeClient(url, signal, PATIENCE),
    reference,
    params: pocParamsOf(reference.file),
    ownPublicKey: newOwnPublicKey(),
    signal,
    until: Number.POSITIVE_INFINITY,
    patience: PATIENCE,
    warn: (warning) => seen.warnings.push(typeof warning === 'string' ? warning : warning.text),
  };
  return { context, ...seen };
}

/** Starts simulated nodes, quick in all that a real one takes its time for, and closes them after each test. */
export function simulatedNodes(): (options?: Partial<MlNodeSimulatorOptions>) => Promise<MlNodeSimulator> {
  const nodes: MlNodeSimulator[] = [];
  afterEach(() => Promise.all(nodes.splice(0).map((node) => node.close())));
  return async (options = {}) => {
    const node = await startMlNodeSimulator({
      replicas: ['exact', 'exact'],
      golden: reference,
      batchTimeMs: 2,
      loadTimeMs: 50,
      downloadTimeMs: 50,
      healthIntervalMs: 20,
      joinIntervalMs: 5,
      ...options,
    });
    nodes.push(node);
    return node;
  };
}
