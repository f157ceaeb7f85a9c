import type { DiagnosisRule } from './rule.js';

/** The deploy phase found the model up and saw what differs. */
export const alreadyRunningWithOtherArguments: DiagnosisRule = {
  code: 'already_running_with_other_arguments',
  title: 'the model was already up, with other arguments than wanted',
  whyItMatters:
    'A running node keeps the arguments it was started with, so this verdict is about those and not about the ones given here.',
  examine({ deployMismatch }) {
    if (deployMismatch === null) return null;
    return {
      evidence: deployMismatch,
      advice:
        'take the model down (POST /api/v1/inference/down) and validate again, so that the wanted arguments are deployed',
    };
  },
};
