import { renderDocument } from '../../page/document.js';
import type { Run } from '../../run/read.js';
import { Chains } from './chains.js';
import { Distances } from './distances.js';
import { Expectations } from './expectations.js';
import { Findings } from './findings.js';
import { KeyFigures } from './key-figures.js';
import { Provenance } from './provenance.js';
import { Replicas } from './replicas.js';
import { Timing } from './timing.js';
import { VerdictHeader } from './verdict-header.js';

/** The run as one self-contained page. */
export function renderPage(run: Run): string {
  const { report, observations } = run;
  const { validation } = report;
  return renderDocument(
    `${report.verdict}: ${report.config.model}`,
    <>
      <VerdictHeader {...run} />
      <main>
        <KeyFigures {...run} />
        <Expectations report={report} />
        {validation !== null && <Findings diagnosis={validation.diagnosis} />}
        {validation?.decode !== undefined && <Chains decode={validation.decode} />}
        {validation !== null && validation.decode === undefined && observations.length > 0 && (
          <Distances run={run} validation={validation} />
        )}
        {validation !== null && <Replicas report={report} validation={validation} />}
        <Timing {...run} />
        <Provenance report={report} />
      </main>
      <footer>
        mlnode-assay {report.config.harness_version}, {report.timestamp}
      </footer>
    </>,
  );
}
