import type { ModelStatus } from '../mlnode/answers.js';
import { pinnedCommit } from '../models/deploy-config.js';
import type { Weights } from '../run/report.js';

/** What a node says of a model's weights, and of which. */
export interface WeightsStatus {
  /** null on a node that is too old to tell. */
  status: ModelStatus | null;
  weights: Weights;
}

/**
 * Asks a node how far weights are. A node keeps them by commit: where the head of the branch is PARTIAL, the commit
 * that the model's published configs pin is asked for as well, since that one may be whole.
 *
 * @param ask asks the node once
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
