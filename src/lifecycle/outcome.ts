import { choiceText } from '../chain/choice.js';
import { type LifecycleEnding, lastResults, type Round, type RunState } from './entries.js';
import { epochLimit, type HostFile } from './host-file.js';

const NOT_PRE_ELIGIBLE = 3;
/** The exit code of `assay validate` when it finds fraud. */
export const FAILED_VALIDATION = 2;

/** The result of a round whose steps are all done. */
export function judgeRound({ model, choice }: HostFile, { epoch, results }: Round): LifecycleEnding {
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
  if (results.snapshot?.preEligible !== true) {
    const restored = results.restore?.nodes ?? [];
    const stuck = restored.filter(({ state, why }) => state === 'left' || why !== null);
    const where =
      stuck.map(({ id, why }) => `${id} is not back on its old model: ${why}`).join('; ') ||
      (restored.length === 0 ? 'the nodes stay on their model' : 'the nodes are back on their old model');
    return {
      outcome: 'not_pre_eligible',
      reason: `${model} is not pre-eligible in epoch ${epoch}: ${where}`,
      exitCode: stuck.length > 0 ? 1 : NOT_PRE_ELIGIBLE,
    };
  }
  const nodes = results.switch?.nodes ?? [];
  const failed = nodes.filter(({ exitCode }) => exitCode !== 0);
  const which = failed.map(({ id, why }) => `${id}: ${why}`).join('; ');
  const hope = results.poc?.eligible === false ? `, but it is not eligible after epoch ${epoch}` : '';
  if (failed.length === 0)
    return {
      outcome: 'validated',
      reason: `${nodes.map(({ id }) => id).join(', ')} serve ${model}, validated${hope}`,
      exitCode: 0,
    };
  return failed.some(({ exitCode }) => exitCode === FAILED_VALIDATION)
    ? { outcome: 'failed_validation', reason: which, exitCode: FAILED_VALIDATION }
    : { outcome: 'not_switched', reason: which, exitCode: 1 };
}

/** The result of a run: that of its last round, and the nodes that failed validation in an earlier one. */
export function judgeRun(host: HostFile, rounds: readonly Round[]): LifecycleEnding {
  const last = judgeRound(host, rounds.at(-1) as Round);
  const failed = lastResults(rounds).filter(({ exitCode }) => exitCode === FAILED_VALIDATION);
  if (failed.length === 0 || last.outcome !== 'not_pre_eligible') return last;
  const which = failed.map(({ id, why }) => `${id}: ${why}`);
  return {
    outcome: 'failed_validation',
    reason: [last.reason, ...which].join('; '),
    exitCode: FAILED_VALIDATION,
  };
}

/** Whether the file wants another epoch, and at least one node can be used in it. */
export function wantsNextRound(host: HostFile, { rounds }: RunState): boolean {
  const last = rounds.at(-1);
  if (rounds.length >= epochLimit(host) || last === undefined) return false;
  return last.results.poc?.eligible !== true && !haveAllFailed(last);
}

/** A node that fails its validation must be repaired before it is tried again. */
export function haveAllFailed({ results }: Round): boolean {
  return results.switch?.nodes.every(({ exitCode }) => exitCode === FAILED_VALIDATION) ?? false;
}
