import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { orderBy, SortableTable, sortableStyle } from '../../page/sortable-table.js';
import { SEVERITY, VERDICT_CLASSES } from '../../page/verdicts.js';
import { Warnings } from '../../page/warnings.js';
import type { Verdict } from '../../run/report.js';
import { counted, momentText } from '../../text/figures.js';
import { outlierText } from '../fleet-report.js';
import type { FleetReport, NodeResult } from '../model.js';
import { FLEET_HEAD, fleetCells, isWithoutPass, troubled } from '../text.js';

/**
 * A fleet as one self-contained page: problems first, then the sites, then a table of all nodes.
 *
 * @param pages paths of the nodes' own pages, by node; a node without a page has no link
 */
export function renderFleetPage(report: FleetReport, pages: ReadonlyMap<string, string> = new Map()): string {
  const { name, shard, verdict, verdict_reason, nodes, outliers, warnings } = report;
  const part = shard === null ? '' : `, shard ${shard.index} of ${shard.of}`;
  const isWorse = report.exit_code === 4;
  const inOrder = bySeverity(nodes);
  const orders = ordersOf(inOrder);
  return renderDocument(
    `${verdict}: ${name}`,
    <>
      <header class={isWorse ? `${verdict} amber` : verdict}>
        <h1>
          <span class="verdict">{verdict}</span>
          {name}
          {part}
        </h1>
        <p class="reason">{verdict_reason}</p>
        <p class="meta">
          {momentText(report.timestamp)}, assay {report.harness_version}
        </p>
        <Warnings texts={warnings} />
      </header>
      <main>
        <Trouble nodes={nodes} pages={pages} />
        {outliers.length > 0 && (
          <>
            <h2>Different from similar nodes</h2>
            <ul>
              {outliers.map((outlier) => (
                <li key={`${outlier.node} ${outlier.figure}`}>{outlierText(outlier)}</li>
              ))}
            </ul>
          </>
        )}
        <Sites nodes={nodes} />
        <h2>Nodes</h2>
        <div class="panel">
          <SortableTable
            caption="Every node of the fleet: FAIL first, then INCOMPLETE"
            head={FLEET_HEAD}
            rows={inOrder.map((node) => rowOf(node, pages))}
            orders={orders}
          />
        </div>
      </main>
    </>,
    { style: sortableStyle(orders, FLEET_HEAD.length) },
  );
}

/** The worst comes first in each, where one end is worse. @param nodes in the order of the markup */
function ordersOf(nodes: NodeResult[]) {
  return [
    orderBy('verdict', nodes, () => 0),
    orderBy('node', nodes, ({ id }) => id),
    orderBy('site', nodes, ({ site }) => site),
    orderBy('mismatches', nodes, ({ n_mismatch }) => n_mismatch, true),
    orderBy('L2 mean', nodes, ({ l2_mean }) => l2_mean, true),
    orderBy('L2 p98', nodes, ({ l2_p98 }) => l2_p98, true),
    orderBy('per replica', nodes, ({ replica_throughput }) => replica_throughput),
    orderBy('build', nodes, ({ build }) => build),
    orderBy('time', nodes, ({ duration_s }) => duration_s, true),
  ];
}

/** Failures, missing verdicts, regressions and warnings, in this order. */
function Trouble({ nodes, pages }: { nodes: NodeResult[]; pages: ReadonlyMap<string, string> }) {
  const without = bySeverity(troubled(nodes));
  const told = nodes.flatMap((node) => [
    ...(node.regressions ?? []).map((text) => ({ node, word: 'Regression', text, next: undefined })),
    ...(node.warnings ?? []).map((text, at, all) => ({
      node,
      word: 'Warning',
      text,
      // Once, behind the last warning; a node without a PASS has it above.
      next: isWithoutPass(node) || at < all.length - 1 ? undefined : node.next_step,
    })),
  ]);
  return (
    <>
      {without.length > 0 && (
        <>
          <h2>Without a PASS</h2>
          <ul>
            {without.map((node) => (
              <li key={node.id}>
                <NodeLink node={node} pages={pages} />{' '}
                <span class={VERDICT_CLASSES[node.verdict]}>{node.verdict}</span>: {node.verdict_reason}
                {node.folder !== null && ` (${node.folder})`}
                {node.next_step !== undefined && <div class="meta">next: {node.next_step}</div>}
              </li>
            ))}
          </ul>
        </>
      )}
      {told.length > 0 && (
        <>
          <h2>Regressions and warnings</h2>
          <ul>
            {told.map(({ node, word, text, next }) => (
              <li key={`${node.id} ${text}`}>
                <NodeLink node={node} pages={pages} /> <span class="warn">{word}</span>: {text}
                {next !== undefined && <div class="meta">next: {next}</div>}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** Number of nodes per verdict, for each site. */
function Sites({ nodes }: { nodes: NodeResult[] }) {
  const sites = [...new Set(nodes.map(({ site }) => site))].sort();
  if (sites.length < 2) return null;
  const count = (own: NodeResult[], wanted: Verdict) =>
    own.filter(({ verdict }) => verdict === wanted).length;
  return (
    <>
      <h2>Sites</h2>
      <div class="panel">
        <DataTable
          caption="Verdicts by site"
          head={['site', 'nodes', ...SEVERITY, 'worse', 'drift']}
          rows={sites.map((site) => {
            const own = nodes.filter((node) => node.site === site);
            return [
              site,
              counted(own.length, 'node'),
              ...SEVERITY.map((verdict) => {
                const found = count(own, verdict);
                return (
                  <span key={verdict} class={found === 0 ? 'meta' : VERDICT_CLASSES[verdict]}>
                    {found}
                  </span>
                );
              }),
              own.filter(({ regressions = [] }) => regressions.length > 0).length,
              own.filter(({ drift }) => drift?.outcome === 'drift').length,
            ];
          })}
        />
      </div>
    </>
  );
}

function NodeLink({ node: { id }, pages }: { node: NodeResult; pages: ReadonlyMap<string, string> }) {
  const page = pages.get(id);
  return page === undefined ? <strong>{id}</strong> : <a href={encodeURI(page)}>{id}</a>;
}

function bySeverity(nodes: NodeResult[]): NodeResult[] {
  const rank = ({ verdict, regressions = [], warnings = [] }: NodeResult) =>
    2 * SEVERITY.indexOf(verdict) - Number(regressions.length + warnings.length > 0);
  return [...nodes].sort((a, b) => rank(a) - rank(b));
}

function rowOf(node: NodeResult, pages: ReadonlyMap<string, string>) {
  const [, site, verdict, ...figures] = fleetCells(node);
  return [
    <NodeLink key="node" node={node} pages={pages} />,
    site,
    <span key="verdict" class={VERDICT_CLASSES[node.verdict]} title={node.verdict_reason}>
      {verdict}
    </span>,
    ...figures,
  ];
}
