import { maskSecrets } from '../http/mask.js';
import { type KnownDistances, narrowedTo } from '../models/distances.js';
import type { BandOf, DriftReport, Warning } from '../run/report.js';
import { schemeOf } from '../schemes/index.js';
import { counted, pValueText } from '../text/figures.js';
import { divergenceOf } from '../verdict/divergence.js';
import { driftOf, driftWarnings } from '../verdict/drift.js';
import {
  type EngineJudgement,
  engineText,
  engineWarnings,
  judgedByEngine,
  notTestedText,
} from '../verdict/engine-check.js';
import type { JudgeInput } from '../verdict/input.js';
import { judge as judgeMeasurements } from '../verdict/judge.js';
import { type StrangeChains, strangeChains, strangeText } from '../verdict/strange-chains.js';
import type { JudgeInputs } from './inputs.js';
import { machineCaseOf } from './known.js';
import type { Ending, Observed } from './observed.js';
import type { RunJudgement } from './report-of.js';

/**
 * Judges a run by what it has seen. Pure: a run in progress, a resumed run and a run read back from its
 * folder are judged in the same way.
 */
export function judgeObserved(inputs: JudgeInputs, observed: Observed): RunJudgement {
  const judgement =
    observed.observations.length === 0 ? withoutAnswer(inputs, observed) : byMeasurements(inputs, observed);
  return observed.ending === null ? judgement : endedBy(observed.ending, judgement);
}

function withoutAnswer({ skipsProbe }: JudgeInputs, observed: Observed): RunJudgement {
  return {
    verdict: skipsProbe ? 'SKIPPED' : 'INCOMPLETE',
    verdictReason: skipsProbe
      ? 'validation was skipped on request'
      : `no nonce was answered${because(observed)}`,
    exitCode: skipsProbe ? 0 : 1,
    warnings: observed.warnings,
    validation: null,
  };
}

function byMeasurements(inputs: JudgeInputs, observed: Observed): RunJudgement {
  const drift = driftFrom(inputs, observed);
  const seen = { ...observed, warnings: [...driftWarnings(drift), ...observed.warnings] };
  const isDecode = schemeOf(inputs.config.poc_params).judgedBy === 'engine';
  const judgement = isDecode ? byEngine(inputs, seen) : judgeMeasurements(judgeInput(inputs, seen));
  const reason = judgement.verdict === 'INCOMPLETE' ? because(observed) : '';
  const validation = judgement.validation && { ...judgement.validation, ...(drift && { drift }) };
  return { ...judgement, validation, verdictReason: judgement.verdictReason + reason };
}

function judgeInput({ config, ...inputs }: JudgeInputs, observed: Observed): JudgeInput {
  const machine = machineCaseOf(config, observed);
  const known = config.known_distances ?? null;
  // On the same machine the expected distance is 0, which no known pair has. A separate warning covers that
  // case.
  const alike =
    known === null || machine === null || machine.holds === 'same'
      ? known
      : narrowedTo(known, machine.mayDiffer);
  return {
    nonces: inputs.nonces,
    observations: observed.observations,
    unansweredNonces: observed.unansweredNonces,
    coverage: inputs.coverage,
    rotation: observed.rotation,
    statTest: config.stat_test,
    model: config.model,
    known: alike,
    superseded: config.superseded ?? null,
    machine: machine && { ...machine, bandOf: bandOf(known, alike) },
    selfCheck: observed.selfCheck,
    strict: inputs.strict,
    reference: inputs.reference,
    second: inputs.second?.source ?? null,
    deployMismatch: observed.phases.deploy?.note ?? null,
    warnings: observed.warnings,
  };
}

function bandOf(known: KnownDistances | null, alike: KnownDistances | null): BandOf | undefined {
  if (known === null) return undefined;
  if (known.pairs === undefined) return 'reference';
  return alike === known ? 'all_pairs' : 'pairs_like_the_run';
}

/** Chains are judged by an engine's answer, and never without one. */
function byEngine(inputs: JudgeInputs, observed: Observed): RunJudgement {
  const { engineCheck, ownCheck, observations } = observed;
  const engine = judgedByEngine(observations, engineCheck, ownCheck);
  const judgement = judgedChains(inputs, observed, engine, []);
  const strange = strangeChains(observations);
  const isCleared = engine?.by === 'own_check' && judgement.verdict === 'PASS';
  if (!isCleared || strange.length === 0) return judgement;
  // An engine that computed this check could not have generated these chains.
  return judgedChains(inputs, observed, null, strange);
}

/**
 * @param engine whose answer counts; null: there is none, or it is not believed
 * @param strange the replicas whose chains contradict the node's own check
 */
function judgedChains(
  inputs: JudgeInputs,
  observed: Observed,
  engine: EngineJudgement | null,
  strange: StrangeChains[],
): RunJudgement {
  const { engineCheck, ownCheck, observations } = observed;
  const notTested = engine?.notTested ?? [];
  const input = judgeInput(inputs, observed);
  const unanswered = unansweredOf(inputs, observed);
  const isAnswered = unanswered.length === 0;
  const judgement = judgeMeasurements({
    ...input,
    // Distances say nothing about chains.
    known: null,
    superseded: null,
    isSelfJudged: engine?.by !== 'trusted_engine',
    observations: engine?.observations ?? [],
    // With another coverage they are found from what is missing.
    unansweredNonces: [...input.unansweredNonces, ...notTested.map(({ nonce }) => nonce)],
    warnings: [
      ...(engine === null ? [] : engineWarnings(engine)),
      ...(strange.length === 0 ? [] : [STRANGE]),
      ...input.warnings,
    ],
  });
  const tau = inputs.config.stat_test.values.dist_threshold;
  // What the network's validators do with chains is not known.
  const { network_view: _, ...validation } = judgement.validation;
  return {
    ...judgement,
    warnings: judgement.warnings.filter(({ code }) => !isOtherwise(code, engine, isAnswered)),
    verdictReason:
      strange.length > 0
        ? disbeliefText(strange)
        : decodeReason(judgement, engine, { tau, isAnswered, isTrustedSilent: engineCheck !== null }),
    validation: {
      ...validation,
      unanswered_nonces: unanswered,
      // Of distances; chains are compared in `decode`.
      replica_disagreement: null,
      decode: {
        judged_by: engine?.by ?? null,
        tau,
        ...divergenceOf(observations, inputs.nonces),
        not_tested: notTested,
        trusted_check: engineCheck,
        own_check: ownCheck,
      },
    },
  };
}

function disbeliefText(strange: StrangeChains[]): string {
  return `the node's own check clears chains that it cannot have computed: ${strangeText(strange)}; only a trusted engine can judge them: give one with --trusted-url`;
}

const STRANGE: Warning = {
  code: 'self_report_contradicts',
  text: "the node's own check is not believed: it contradicts the chains that the node generates",
  about_node: true,
  advice:
    'give a node that you trust (--trusted-url URL), and check that this node runs the model and an unmodified build',
};

/** What is said of distances, or of answers that no engine judged, does not apply to chains. */
function isOtherwise(code: Warning['code'], engine: EngineJudgement | null, isAnswered: boolean): boolean {
  if (code === 'no_honest_band') return true;
  if (code === 'unanswered_nonces') return isAnswered;
  const isJudged = (engine?.observations.length ?? 0) > 0;
  return code === 'replicas_not_tested' && !isJudged && isAnswered;
}

/** Nonces that the node did not answer. Nonces that an engine did not test are reported separately. */
function unansweredOf(
  { nonces, coverage }: JudgeInputs,
  { observations, unansweredNonces }: Observed,
): number[] {
  if (coverage === 'every-replica') return unansweredNonces;
  const answered = new Set(observations.map(({ nonce }) => nonce));
  return nonces.filter((nonce) => !answered.has(nonce));
}

function decodeReason(
  { verdict, verdictReason, validation }: ReturnType<typeof judgeMeasurements>,
  engine: EngineJudgement | null,
  { tau, isAnswered, isTrustedSilent }: { tau: number; isAnswered: boolean; isTrustedSilent: boolean },
): string {
  if (engine === null) {
    const why = 'only an engine with the model can judge chains, and';
    return isTrustedSilent
      ? `${why} the trusted one gave no result; check the trusted node, or give another with --trusted-url`
      : `${why} none did; give a trusted node with --trusted-url, or allow the node's own check`;
  }
  const who = engineText(engine.by);
  if (verdict === 'INCOMPLETE' && isAnswered && engine.notTested.length > 0) {
    const { n_total, n_mismatch } = validation.response;
    return `${who}: ${notTestedText(engine.notTested, engine.excluded)}; of the ${n_total} others ${n_mismatch} mismatch`;
  }
  if (verdict !== 'PASS') return `${who}: ${verdictReason}`;
  const { n_total, n_mismatch, p_value } = validation.response;
  return `${n_mismatch} of ${counted(n_total, 'chain')} mismatch (a margin above ${tau}) ${who}, p-value ${pValueText(p_value)}`;
}

/** The difference between the node and its own last PASS; null where no such run is known. */
function driftFrom({ config, ownBaseline }: JudgeInputs, observed: Observed): DriftReport | null {
  if (ownBaseline === null) return null;
  const { preflight, deploy } = observed.phases;
  const now = { config, preflight, deploy, observations: observed.observations };
  return driftOf(now, ownBaseline, config.honest_band?.mean ?? null);
}

/** A node that was shown to be dishonest stays so when it fails afterwards. */
function endedBy({ line, exitCode, isInterrupted, bug }: Ending, judgement: RunJudgement): RunJudgement {
  if (judgement.verdict === 'FAIL' && !isInterrupted && bug === undefined) return judgement;
  return { ...judgement, verdict: 'INCOMPLETE', verdictReason: line, exitCode };
}

function because({ lostReason }: Observed): string {
  return lostReason === null ? '' : `: ${maskSecrets(lostReason)}`;
}
