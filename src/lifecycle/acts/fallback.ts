import { type Choice, choiceText } from '../../chain/choice.js';
import type { Round } from '../entries.js';
import { fallbackChoice, type HostFile } from '../host-file.js';
import { readView } from '../lifecycle-run.js';
import { storeChoice } from '../store-choice.js';
import type { Act } from './act.js';

/**
 * No node runs PoC for the model: stores the file's fallback, before the chain reads delegations and
 * refusals.
 */
export const fallback: Act<'fallback'> = {
  name: 'fallback',
  title: 'storing the choice for this case',
  applies: (host, round) => fallbackOf(host, round) !== undefined,

  async act(run, round) {
    const choice = fallbackOf(run.host, round) as Choice;
    const { epochs, pace } = await readView(run);
    const { index } = epochs.epoch;
    const isLate =
      index > round.epoch || (index === round.epoch && pace.height >= epochs.stages.pocValidationStart);
    if (isLate) {
      const why = `too late for ${choiceText(choice)}: PoC validation of epoch ${round.epoch} has started`;
      run.terminal.say(why);
      return { choice, why };
    }
    // The file has decided it, and nobody may be at the terminal: warnings are printed, and do not stop it.
    await storeChoice({ ...run, acceptWarnings: true }, choice);
    return { choice, why: null };
  },
};

function fallbackOf(host: HostFile, { results }: Round): Choice | undefined {
  if (host.choice !== 'deploy') return undefined;
  if (results.snapshot?.preEligible === false) return fallbackChoice(host.if_not_pre_eligible);
  // One node with the new model is enough: it commits for the host.
  const isLost = results.switch?.nodes.every(({ holds }) => holds !== 'new') ?? false;
  return isLost ? fallbackChoice(host.on_validation_failure) : undefined;
}
