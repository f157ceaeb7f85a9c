import { type JunitCase, junitXml } from '../report/junit-xml.js';
import { outlierText } from './fleet-report.js';
import type { FleetReport, NodeResult } from './model.js';

/** The fleet as JUnit XML: one suite per site, one case per node. */
export function renderFleetJunit({ name, timestamp, nodes, outliers }: FleetReport): string {
  const suites = [...new Set(nodes.map(({ site }) => site))].map((site) => {
    const own = nodes.filter((node) => node.site === site);
    const ids = new Set(own.map(({ id }) => id));
    return {
      name: site,
      timeS: own.reduce((sum, { duration_s }) => sum + (duration_s ?? 0), 0),
      cases: own.map(caseOf),
      output: [
        ...own.flatMap(({ id, warnings = [] }) => warnings.map((text) => `${id}: warning: ${text}`)),
        // A case has one result: beside a FAIL or INCOMPLETE there is no place for these.
        ...own
          .filter(({ verdict }) => verdict === 'FAIL' || verdict === 'INCOMPLETE')
          .flatMap(({ id, regressions = [] }) => regressions.map((text) => `${id}: regression: ${text}`)),
        ...outliers.filter(({ node }) => ids.has(node)).map((outlier) => `outlier: ${outlierText(outlier)}`),
      ],
    };
  });
  return junitXml(suites, { timestamp, hostname: name, classPrefix: name, properties: { fleet: name } });
}

function caseOf(node: NodeResult): JunitCase {
  const { id, verdict, verdict_reason, duration_s, folder, regressions = [] } = node;
  const named = { name: id, timeS: duration_s ?? 0 };
  switch (verdict) {
    case 'PASS':
    case 'SKIPPED':
      if (regressions.length > 0) return { ...named, failure: regressionOf(regressions, folder) };
      return verdict === 'PASS' ? named : { ...named, skipped: true };
    case 'INCOMPLETE':
      return { ...named, error: verdict_reason };
    case 'FAIL':
      return { ...named, failure: { message: verdict_reason, type: 'fraud', details: folder ?? '' } };
  }
}

function regressionOf(regressions: string[], folder: string | null): NonNullable<JunitCase['failure']> {
  return { message: regressions.join('; '), type: 'regression', details: folder ?? '' };
}
