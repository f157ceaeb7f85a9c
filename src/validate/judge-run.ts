import { maskSecrets } from '../http/mask.js';
import { judge as judgeMeasurements } from '../verdict/judge.js';
import type { JudgeInputs } from './inputs.js';
import { machineCaseOf } from './known.js';
import type { Ending, Observed } from './observed.js';
import type { Judgement } from './report-of.js';

/**
 * Judges a run by what it has seen. Pure: a run that goes on, one that was taken up and one that is read back
 * from its folder are judged alike.
 */
export function judge(inputs: JudgeInputs, observed: Observed): Judgement {
  const judgement =
    observed.observations.length === 0 ? withoutAnswer(inputs, observed) : byMeasurements(inputs, observed);
  return observed.ending === null ? judgement : endedBy(observed.ending, judgement);
}

function withoutAnswer({ skipsProbe }: JudgeInputs, observed: Observed): Judgement {
  return {
    verdict: skipsProbe ? 'SKIPPED' : 'INCOMPLETE',
    verdictReason: skipsProbe
      ? 'validation was skipped, as asked for'
      : `no nonce was answered${because(observed)}`,
    exitCode: skipsProbe ? 0 : 1,
    warnings: observed.warnings,
    validation: null,
  };
}

function byMeasurements({ config, ...inputs }: JudgeInputs, observed: Observed): Judgement {
  const judgement = judgeMeasurements({
    nonces: inputs.nonces,
    observations: observed.observations,
    unansweredNonces: observed.unansweredNonces,
    coverage: inputs.coverage,
    rotation: observed.rotation,
    statTest: config.stat_test,
    model: config.model,
    known: config.known_distances ?? null,
    superseded: config.superseded ?? null,
    machine: machineCaseOf(config, observed),
    selfCheck: observed.selfCheck,
    strict: inputs.strict,
    reference: inputs.reference,
    deployMismatch: observed.phases.deploy?.note ?? null,
    warnings: observed.warnings,
  });
  const reason = judgement.verdict === 'INCOMPLETE' ? because(observed) : '';
  return { ...judgement, verdictReason: judgement.verdictReason + reason };
}

/** A node that was shown to be dishonest does not get out of it by breaking down afterwards. */
function endedBy({ line, exitCode, isInterrupted, bug }: Ending, judgement: Judgement): Judgement {
  if (judgement.verdict === 'FAIL' && !isInterrupted && bug === undefined) return judgement;
  return { ...judgement, verdict: 'INCOMPLETE', verdictReason: line, exitCode };
}

function because({ lostReason }: Observed): string {
  return lostReason === null ? '' : `: ${maskSecrets(lostReason)}`;
}
