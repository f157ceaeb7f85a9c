import { choiceText } from '../chain/choice.js';
import type { Ending, Round, RunState } from './entries.js';
import { epochLimit, type HostFile } from './host-file.js';

const NOT_PRE_ELIGIBLE = 3;
const FAILED_VALIDATION = 2;

/** What a round came to whose steps are all done. */
export function judgeRound({ model, choice }: HostFile, { epoch, results }: Round): Ending {
  const stored = results.store === undefined ? 'nothing' : choiceText(results.store.choice);
  if (results.store?.missed)
    return {
      outcome: 'missed',
      reason: `the snapshot of epoch ${epoch} passed before ${stored} was stored`,
      exitCode: 1,
    };
  if (choice !== 'deploy')
    return {
      outcome: 'stored',
      reason: `${stored} was stored at the snapshot of epoch ${epoch}`,
      exitCode: 0,
    };
  if (results.snapshot?.preEligible !== true)
    return {
      outcome: 'not_pre_eligible',
      reason: `${model} is not pre-eligible in epoch ${epoch}: the nodes stay on their model`,
      exitCode: NOT_PRE_ELIGIBLE,
    };
  const nodes = results.switch?.nodes ?? [];
  const failed = nodes.filter(({ exitCode }) => exitCode !== 0);
  const which = failed.map(({ id, why }) => `${id}: ${why}`).join('; ');
  if (failed.length === 0)
    return {
      outcome: 'validated',
      reason: `${nodes.map(({ id }) => id).join(', ')} serve ${model}, validated`,
      exitCode: 0,
    };
  return failed.some(({ exitCode }) => exitCode === FAILED_VALIDATION)
    ? { outcome: 'failed_validation', reason: which, exitCode: FAILED_VALIDATION }
    : { outcome: 'not_switched', reason: which, exitCode: 1 };
}

/** Whether the file wants another epoch after this ending. A node that fails validation must be looked at first. */
export function wantsNextRound(host: HostFile, { rounds }: RunState, { outcome }: Ending): boolean {
  if (rounds.length >= epochLimit(host) || outcome === 'failed_validation') return false;
  return rounds.at(-1)?.results.poc?.eligible !== true;
}
