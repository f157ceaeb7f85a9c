import { type JunitCase, junitXml } from '../../report/junit-xml.js';
import type { AcceptReport, ImageCheckResult, ImageFinding } from '../model.js';

/** An acceptance as JUnit XML: one suite per check, one test for the node and one for each replica. */
export function renderAcceptJunit({ checks, timestamp, mlnode_url, model }: AcceptReport): string {
  const suites = checks.map((result) => ({
    name: result.check,
    timeS: result.elapsed_s,
    cases: casesOf(result),
    output: [result.title, ...result.findings.map(lineOf)],
  }));
  const classPrefix = `accept.${model.replaceAll('.', '_')}`;
  return junitXml(suites, {
    timestamp,
    hostname: mlnode_url,
    classPrefix,
    properties: { model, node: mlnode_url },
  });
}

function casesOf(result: ImageCheckResult): JunitCase[] {
  const { outcome, reason, findings, elapsed_s } = result;
  const node = { name: 'node', timeS: elapsed_s };
  if (outcome === 'skipped') return [{ ...node, skipped: true }];
  if (findings.length === 0) return [{ ...node, error: reason ?? 'no result' }];
  const replicas = [...new Set(findings.map(({ replica }) => replica))];
  return replicas.map((replica) => {
    const own = findings.filter((finding) => finding.replica === replica);
    return caseOf(replica === null ? node : { name: `replica ${replica}` }, own);
  });
}

function caseOf(named: Pick<JunitCase, 'name' | 'timeS'>, own: ImageFinding[]): JunitCase {
  const failed = own.filter(({ outcome }) => outcome === 'fail');
  const unknown = own.filter(({ outcome }) => outcome === 'unknown');
  if (failed.length > 0) {
    return {
      ...named,
      failure: {
        message: failed.map(({ evidence }) => evidence).join('; '),
        type: 'acceptance',
        details: own.map(lineOf).join('\n'),
      },
    };
  }
  return unknown.length > 0 ? { ...named, error: unknown.map(({ evidence }) => evidence).join('; ') } : named;
}

/** One line with the replica or node, the finding and the advice. */
function lineOf({ replica, outcome, evidence, advice }: ImageFinding): string {
  const who = replica === null ? 'node' : `replica ${replica}`;
  return `${outcome}: ${who}: ${evidence}${advice === undefined ? '' : `; ${advice}`}`;
}
