import type { RuleSet } from './costs.js';
import { isVersionBelow } from './version.js';

/** The rules for the costs, and why they were chosen. */
export interface ChosenRules {
  ruleSet: RuleSet;
  /** What a penalty is taken from. */
  takenFrom: 'weight' | 'reward';
  why: string;
}

/** The snapshot for which the Kimi K2.6 guide was written. */
export const GUIDE_SNAPSHOT_HEIGHT = 3_873_996;

/** From this version on a refusal costs less in a bootstrap, and penalties reduce the epoch's reward. */
const TURN = [0, 2, 14] as const;

/**
 * @param asked as on the command line
 * @param version the chain's, for example `v0.2.16`; empty where the node does not report it
 * @param snapshotHeight the snapshot that was asked for, past or planned
 */
export function chooseRules(
  asked: RuleSet | 'auto',
  version: string,
  snapshotHeight: number | undefined,
): ChosenRules {
  const isNew = isFromTurnOn(version);
  if (asked !== 'auto') {
    const takesReward = isNew ?? asked === 'launching-only';
    return { ruleSet: asked, takenFrom: takesReward ? 'reward' : 'weight', why: 'as asked' };
  }
  if (snapshotHeight === GUIDE_SNAPSHOT_HEIGHT)
    return { ruleSet: 'guide', takenFrom: 'weight', why: 'the heights of the guide' };
  if (isNew === undefined)
    return { ruleSet: 'guide', takenFrom: 'weight', why: 'the node does not report the chain version' };
  return isNew
    ? { ruleSet: 'launching-only', takenFrom: 'reward', why: `chain version ${version}` }
    : { ruleSet: 'v0.2.13', takenFrom: 'weight', why: `chain version ${version}` };
}

function isFromTurnOn(version: string): boolean | undefined {
  const isOlder = isVersionBelow(version, TURN);
  return isOlder === undefined ? undefined : !isOlder;
}
