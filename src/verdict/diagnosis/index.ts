import type { Diagnosis } from '../../run/report.js';
import { alreadyRunningWithOtherArguments } from './already-running-with-other-arguments.js';
import { batchComposition } from './batch-composition.js';
import { bitExact } from './bit-exact.js';
import { byteOrderOrDtype } from './byte-order-or-dtype.js';
import { decodeOnlyBuild } from './decode-only-build.js';
import { engineStandsStill } from './engine-stands-still.js';
import { headsOfBatches } from './heads-of-batches.js';
import { honestCrossHardware } from './honest-cross-hardware.js';
import { knownFraud } from './known-fraud.js';
import { leftOutNonces } from './left-out-nonces.js';
import { nonFinite } from './non-finite.js';
import { nonceShift } from './nonce-shift.js';
import { notNormalised } from './not-normalised.js';
import { oneBadReplica } from './one-bad-replica.js';
import { replicasDisagree } from './replicas-disagree.js';
import type { DiagnosisRule, RunFacts } from './rule.js';
import { selfReportContradicts } from './self-report-contradicts.js';
import { unrelatedVectors } from './unrelated-vectors.js';
import { wrongDimension } from './wrong-dimension.js';

/** Every rule. Rules with the clearest evidence come first. */
const rules: DiagnosisRule[] = [
  engineStandsStill,
  headsOfBatches,
  oneBadReplica,
  decodeOnlyBuild,
  wrongDimension,
  byteOrderOrDtype,
  notNormalised,
  nonceShift,
  nonFinite,
  leftOutNonces,
  unrelatedVectors,
  knownFraud,
  batchComposition,
  replicasDisagree,
  selfReportContradicts,
  alreadyRunningWithOtherArguments,
  bitExact,
  honestCrossHardware,
];

/** What the evidence of the run shows. */
export function diagnose(facts: RunFacts): Diagnosis[] {
  return rules.flatMap((rule) => {
    const finding = rule.examine(facts);
    return finding === null
      ? []
      : [
          {
            code: rule.code,
            message: rule.title,
            why_it_matters: rule.whyItMatters,
            ...finding,
            ...rule.details?.(facts),
          },
        ];
  });
}
