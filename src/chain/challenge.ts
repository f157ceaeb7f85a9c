import validateSchedulability from '../schemas/generated/maintenance-schedulability.js';
import validateChallenges from '../schemas/generated/poc-challenges.js';
import { toNumber, type WireInteger } from './integer.js';
import { isAbsent, type ReadOptions, readNode } from './read.js';

const BASE = '/chain-api/productscience/inference/inference';

/** A PoC challenge: its target stops inference and generates vectors until the challenge ends. */
export interface PocChallenge {
  target: string;
  finishHeight: number;
}

/** Reads the open PoC challenges; null where the chain has no such query (only its newest branch has it). */
export async function readChallenges(nodeUrl: string, options?: ReadOptions): Promise<PocChallenge[] | null> {
  try {
    const { challenges } = await readNode<{
      challenges?: { challenge?: { target?: string | null } | null; finish?: WireInteger | null }[] | null;
    }>(nodeUrl, `${BASE}/open_poc_challenges`, validateChallenges, options);
    return (challenges ?? []).map(({ challenge, finish }) => ({
      target: challenge?.target ?? '',
      finishHeight: toNumber(finish),
    }));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Whether a maintenance window is available; null where the chain has no windows. */
export async function readSchedulability(
  nodeUrl: string,
  address: string,
  startHeight: number,
  blocks: number,
  options?: ReadOptions,
): Promise<{ schedulable: boolean; reason: string } | null> {
  try {
    const { schedulable, rejection_reason } = await readNode<{
      schedulable?: boolean | null;
      rejection_reason?: string | null;
    }>(
      nodeUrl,
      `${BASE}/maintenance_schedulability/${encodeURIComponent(address)}/${startHeight}/${blocks}`,
      validateSchedulability,
      options,
    );
    return { schedulable: schedulable ?? false, reason: rejection_reason ?? '' };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
