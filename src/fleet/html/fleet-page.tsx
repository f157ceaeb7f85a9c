import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { timeText } from '../../text/figures.js';
import { outlierText } from '../fleet-report.js';
import type { FleetReport, NodeResult } from '../model.js';
import { FLEET_HEAD, fleetCells, troubled } from '../text.js';

/** A fleet as one self-contained page: what is wrong first, then every node side by side. */
export function renderFleetPage(report: FleetReport): string {
  const { name, shard, verdict, verdict_reason, nodes, outliers, warnings } = report;
  const part = shard === null ? '' : `, shard ${shard.index} of ${shard.of}`;
  return renderDocument(
    `${verdict}: ${name}`,
    <>
      <header class={verdict}>
        <h1>
          <span class="verdict">{verdict}</span>
          {name}
          {part}
        </h1>
        <p class="reason">{verdict_reason}</p>
        <p class="meta">
          {timeText(report.timestamp)}, assay {report.harness_version}
        </p>
        {warnings.map((warning) => (
          <p class="notice" key={warning}>
            <strong>Warning</strong> {warning}
          </p>
        ))}
      </header>
      <main>
        <Trouble nodes={troubled(nodes)} />
        {outliers.length > 0 && (
          <>
            <h2>Unlike their peers</h2>
            <ul>
              {outliers.map((outlier) => (
                <li key={`${outlier.node} ${outlier.figure}`}>{outlierText(outlier)}</li>
              ))}
            </ul>
          </>
        )}
        <h2>Nodes</h2>
        <div class="panel">
          <DataTable caption="Every node of the fleet" head={FLEET_HEAD} rows={nodes.map(rowOf)} />
        </div>
      </main>
    </>,
  );
}

function Trouble({ nodes }: { nodes: NodeResult[] }) {
  if (nodes.length === 0) return null;
  return (
    <>
      <h2>Without a pass</h2>
      <ul>
        {nodes.map(({ id, verdict, verdict_reason, folder }) => (
          <li key={id}>
            <strong>{id}</strong> {verdict}: {verdict_reason}
            {folder !== null && ` (${folder})`}
          </li>
        ))}
      </ul>
    </>
  );
}

function rowOf(node: NodeResult) {
  const [id, site, verdict, ...figures] = fleetCells(node);
  return [
    id,
    site,
    <span key="verdict" class={node.verdict === 'PASS' ? 'good' : 'bad'} title={node.verdict_reason}>
      {verdict}
    </span>,
    ...figures,
  ];
}
