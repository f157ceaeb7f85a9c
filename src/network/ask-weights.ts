import type { ModelStatus } from '../mlnode/answers.js';
import { pinnedCommit } from '../models/deploy-config.js';
import type { Weights } from '../run/report.js';

/** What a node reports about a model's weights, and which weights they are. */
export interface WeightsStatus {
  /** null for a node that is too old to report it. */
  status: ModelStatus | null;
  weights: Weights;
}

/**
 * Asks a node how complete the weights are. A node stores them by commit. Where the head of the branch is
 * PARTIAL, this also asks for the commit that the model's published configs pin, since that one may be
 * complete.
 *
 * @param ask sends one question to the node
 * @param model governance id
 */
export async function askWeights(
  ask: (weights: Weights) => Promise<ModelStatus | null>,
  model: string,
  weights: Weights,
): Promise<WeightsStatus> {
  const head = { status: await ask(weights), weights };
  if (weights.commit !== null || head.status?.status !== 'PARTIAL') return head;
  const commit = await pinnedCommit(model);
  if (commit === null) return head;
  const pinned = { ...weights, commit, from: 'published config' } as const;
  const status = await ask(pinned);
  return status?.status === 'DOWNLOADED' ? { status, weights: pinned } : head;
}
