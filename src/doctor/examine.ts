import type { DoctorCheck, DoctorFinding } from './check.js';
import { checks } from './checks/index.js';
import type { DoctorFacts } from './facts.js';

/** One finding with its check. */
export interface Examined extends DoctorFinding {
  check: string;
  title: string;
  why_it_matters: string;
}

export interface Examination {
  findings: Examined[];
  /** 0 in order, 1 something is missing, 3 not enough time. */
  exitCode: number;
}

/** Judges all facts. Pure. An unknown fact is neither good nor bad. */
export function examine(facts: DoctorFacts): Examination {
  const judged = checks.map((check) => ({ check, findings: check.judge(facts) }));
  const failed = judged.filter(({ findings }) => findings.some(({ state }) => state === 'fail'));
  return {
    findings: judged.flatMap(({ check, findings }) => findings.map((finding) => ofCheck(check, finding))),
    exitCode: failed.length === 0 ? 0 : failed.some(({ check }) => check.isTime !== true) ? 1 : 3,
  };
}

function ofCheck({ name, title, whyItMatters }: DoctorCheck, finding: DoctorFinding): Examined {
  return { check: name, title, why_it_matters: whyItMatters, ...finding };
}
