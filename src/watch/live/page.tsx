import { createHash } from 'node:crypto';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { STYLE } from '../../page/style.js';
import type { Verdict } from '../../run/report.js';
import { counted, distanceText } from '../../text/figures.js';
import type { LiveFleet, LiveNode } from './state.js';

/**
 * All that runs on the page: each event brings the summary, the rows that changed and the order of all rows. Times are
 * told as the server tells them.
 */
const SCRIPT = `
const summary = document.getElementById('summary'), rows = document.getElementById('rows'), state = document.getElementById('line');
const events = new EventSource('events');
events.onopen = () => { state.textContent = 'live'; };
events.onerror = () => { state.textContent = 'not connected: what is shown is old'; };
events.onmessage = ({ data }) => {
  const { head, changed, order } = JSON.parse(data);
  summary.innerHTML = head;
  for (const [key, html] of changed) { const row = document.getElementById(key); if (row) row.outerHTML = html; }
  const now = [...rows.children].map(({ id }) => id);
  if (now.join() !== order.join()) for (const key of order) rows.append(document.getElementById(key));
};
`;

const MORE_STYLE = `
.spark { display: block; width: 120px; height: 24px; }
.spark polyline { fill: none; stroke: var(--bar); stroke-width: 1.5; } .spark circle { fill: var(--bad); }
td small { display: block; color: var(--soft); max-width: 34em; white-space: normal; }
`;

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing may be loaded but the page's own events; its script and its style are allowed by their hashes. */
const POLICY = [
  "default-src 'none'",
  `style-src ${sha256(STYLE + MORE_STYLE)}`,
  `script-src ${sha256(SCRIPT)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const CLASSES: Record<Verdict, string> = { PASS: 'good', FAIL: 'bad', INCOMPLETE: 'warn', SKIPPED: 'meta' };
const SEVERITY: Verdict[] = ['FAIL', 'INCOMPLETE', 'PASS', 'SKIPPED'];
const HEAD = ['node', 'site', 'now', 'last verdict', 'mean L2', 'trend', 'own last PASS', 'last PASS'];

/** The whole page, as it is at this moment; it goes on by events. */
export function renderLivePage(fleet: LiveFleet, now: number): string {
  return `<!doctype html>\n${renderToStaticMarkup(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`Fleet ${fleet.name}, live`}</title>
        <link rel="icon" href="data:," />
        <style dangerouslySetInnerHTML={{ __html: STYLE + MORE_STYLE }} />
      </head>
      <body>
        <header>
          <h1>{fleet.name}</h1>
          <p class="meta">
            <span id="line">as of the moment it was loaded</span>, <a href="history">history of all runs</a>,{' '}
            <a href="metrics">metrics</a>
          </p>
        </header>
        <main>
          <div id="summary" aria-live="polite">
            <Summary fleet={fleet} now={now} />
          </div>
          <h2>Nodes</h2>
          <div class="panel">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
            <section class="scroll" aria-label="Every node of the fleet" tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    {HEAD.map((text) => (
                      <th key={text} scope="col">
                        {text}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody id="rows">
                  {orderOf(fleet).map((at) => (
                    <Row key={at} at={at} node={fleet.nodes[at] as LiveNode} now={now} />
                  ))}
                </tbody>
              </table>
            </section>
          </div>
        </main>
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>,
  )}\n`;
}

/** What an event brings. */
export interface LiveEvent {
  head: string;
  /** Rows that are not as the page has them: id and markup. */
  changed: [string, string][];
  /** Ids of all rows. */
  order: string[];
}

/**
 * What changed on the page since the rows that were sent before.
 *
 * @param sent markup of each row as the page has it, by id
 */
export function liveEvent(fleet: LiveFleet, sent: ReadonlyMap<string, string>, now: number): LiveEvent {
  const rows = fleet.nodes.map((node, at): [string, string] => [
    rowId(at),
    renderToStaticMarkup(<Row at={at} node={node} now={now} />),
  ]);
  return {
    head: renderToStaticMarkup(<Summary fleet={fleet} now={now} />),
    changed: rows.filter(([id, markup]) => sent.get(id) !== markup),
    order: orderOf(fleet).map(rowId),
  };
}

function Summary({ fleet, now }: { fleet: LiveFleet; now: number }) {
  const { nodes, nextRoundAt, closed, blocksLeft } = fleet;
  const count = (wanted: Verdict) => nodes.filter(({ last }) => last?.verdict === wanted).length;
  const busy = nodes.filter(({ doing }) => doing !== null).length;
  const parts = [
    ...SEVERITY.flatMap((verdict) => (count(verdict) === 0 ? [] : [`${count(verdict)} ${verdict}`])),
    `${busy} under way`,
    `${nodes.filter(({ last }) => last === null).length} not validated yet`,
  ];
  return (
    <>
      <p class="reason">
        {counted(nodes.length, 'node')}: {parts.join(', ')}
      </p>
      <p class="meta">
        {nextRoundAt === null
          ? 'A round is under way or waits.'
          : `Next round at ${clockText(nextRoundAt)}, in ${spanText(nextRoundAt - now)}.`}
        {blocksLeft !== null && ` ${counted(blocksLeft, 'block')} until the next PoC.`}
      </p>
      {closed !== null && (
        <p class="notice">
          <strong>No node is begun</strong> {closed}
        </p>
      )}
    </>
  );
}

function Row({ node, at, now }: { node: LiveNode; at: number; now: number }) {
  const { id, site, doing, last, lastPassAt } = node;
  const told = [...(last?.regressions ?? []), ...(last?.warnings ?? [])];
  const isPlain = last === null || (last.verdict === 'PASS' && told.length === 0);
  return (
    <tr id={rowId(at)}>
      <th scope="row">{last?.folder == null ? id : <a href={`node/${at}`}>{id}</a>}</th>
      <td>{site}</td>
      <td>{doing === null ? '–' : doingText(doing)}</td>
      <td>
        <span class={last === null ? 'meta' : CLASSES[last.verdict]}>{last?.verdict ?? 'none yet'}</span>
        {!isPlain && (
          <small>{[last?.verdict === 'PASS' ? [] : last?.verdict_reason, told].flat().join('; ')}</small>
        )}
      </td>
      <td>{distanceText(last?.l2_mean)}</td>
      <td>
        <Spark node={node} />
      </td>
      <td>{last?.drift?.outcome ?? '–'}</td>
      <td>{lastPassAt === null ? 'never' : `${spanText(now - lastPassAt)} ago`}</td>
    </tr>
  );
}

function doingText({ phase, progress }: NonNullable<LiveNode['doing']>): string {
  if (progress === null) return phase;
  return `${phase}: ${Math.floor(progress.done)} of ${Math.ceil(progress.total)} ${progress.unit}`;
}

/** Mean distances of the last runs; a run that did not pass is a dot. */
function Spark({ node: { trend } }: { node: LiveNode }) {
  const points = trend.flatMap(({ mean, verdict }, at) => (mean === null ? [] : [{ mean, verdict, at }]));
  if (points.length < 2) return <>–</>;
  const most = Math.max(...points.map(({ mean }) => mean), 1e-9);
  const x = (at: number) => Number(((at / Math.max(1, trend.length - 1)) * 116 + 2).toFixed(1));
  const y = (mean: number) => Number((22 - (mean / most) * 20).toFixed(1));
  const label = `mean L2 of ${points.length} runs: from ${distanceText(points[0]?.mean)} to ${distanceText(points.at(-1)?.mean)}`;
  return (
    <svg class="spark" viewBox="0 0 120 24" role="img" aria-label={label}>
      <polyline points={points.map(({ at, mean }) => `${x(at)},${y(mean)}`).join(' ')} />
      {points
        .filter(({ verdict }) => verdict !== 'PASS')
        .map(({ at, mean }) => (
          <circle key={at} cx={x(at)} cy={y(mean)} r="2" />
        ))}
    </svg>
  );
}

/** Failures, then those without a verdict, then those with warnings, then the others in the order of the file. */
function orderOf({ nodes }: LiveFleet): number[] {
  const rank = ({ last }: LiveNode) => {
    if (last === null) return 2 * SEVERITY.length;
    const told = (last.regressions ?? []).length + (last.warnings ?? []).length;
    return 2 * SEVERITY.indexOf(last.verdict) - Number(told > 0);
  };
  return nodes
    .map((_, at) => at)
    .sort((a, b) => rank(nodes[a] as LiveNode) - rank(nodes[b] as LiveNode) || a - b);
}

const rowId = (at: number) => `node-${at}`;

/** To the minute from a minute on, so that a row does not change every second. */
function spanText(milliseconds: number): string {
  const minutes = Math.round(Math.max(0, milliseconds) / 60_000);
  if (minutes < 1) return 'less than a minute';
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function clockText(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
