import type { DiagnosisRule } from './rule.js';

/** The deploy phase found the model already running, and saw which arguments differ. */
export const alreadyRunningWithOtherArguments: DiagnosisRule = {
  code: 'already_running_with_other_arguments',
  title: 'the model was already up, and nobody knows whether it has the given arguments',
  whyItMatters:
    'A running node keeps its start arguments. This verdict is about those, not about the arguments given here.',
  examine({ deployMismatch }) {
    if (deployMismatch === null) return null;
    return {
      evidence: deployMismatch,
      advice:
        'take the model down (POST /api/v1/inference/down) and validate again, so that the wanted arguments are deployed',
    };
  },
};
