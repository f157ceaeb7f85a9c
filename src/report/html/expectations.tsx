import { DataTable } from '../../page/data-table.js';
import type { AssertionReport, ValidateReport } from '../../run/report.js';
import { inOrder } from '../../verdict/assertions.js';

const SIGNS: Record<AssertionReport['outcome'], string> = {
  met: '✓ held',
  missed: '✗ missed',
  not_measured: '✗ not measured',
  not_compared: '– not compared',
};

/** Assertions, and the comparison of the node with its own last PASS. */
export function Expectations({ report }: { report: ValidateReport }) {
  const { assertions = [], validation } = report;
  const drift = validation?.drift;
  return (
    <>
      {assertions.length > 0 && (
        <>
          <h2>Assertions</h2>
          <div class="panel">
            <DataTable
              caption="Assertions"
              head={['assertion', 'outcome', 'from', 'figures']}
              rows={inOrder(assertions).map((one) => [
                <code key="assertion">{one.assertion}</code>,
                <span key="outcome" class={classOf(one.outcome)}>
                  {SIGNS[one.outcome]}
                </span>,
                one.source,
                <div key="figures" class="prose">
                  {one.text}
                </div>,
              ])}
            />
          </div>
        </>
      )}
      {drift !== undefined && (
        <>
          <h2>Compared with itself</h2>
          <p class={drift.outcome === 'drift' ? 'bad' : undefined}>{drift.text}.</p>
          <p class="meta">Its own last PASS: {drift.run}</p>
        </>
      )}
    </>
  );
}

function classOf(outcome: AssertionReport['outcome']): string | undefined {
  if (outcome === 'met') return 'good';
  return outcome === 'not_compared' ? undefined : 'bad';
}
