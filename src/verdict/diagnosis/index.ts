import type { Diagnosis } from '../../report/model.js';
import { alreadyRunningWithOtherArguments } from './already-running-with-other-arguments.js';
import { leftOutNonces } from './left-out-nonces.js';
import { nonFinite } from './non-finite.js';
import type { DiagnosisRule, RunFacts } from './rule.js';
import { selfReportContradicts } from './self-report-contradicts.js';

/** Every rule, the ones that explain most first. */
const rules: DiagnosisRule[] = [
  alreadyRunningWithOtherArguments,
  nonFinite,
  leftOutNonces,
  selfReportContradicts,
];

/** What the run shows, as far as its evidence goes. */
export function diagnose(facts: RunFacts): Diagnosis[] {
  return rules.flatMap((rule) => {
    const finding = rule.examine(facts);
    return finding === null
      ? []
      : [{ code: rule.code, message: rule.title, why_it_matters: rule.whyItMatters, ...finding }];
  });
}
