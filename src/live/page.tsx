import { renderToStaticMarkup } from 'preact-render-to-string';
import { cleanText } from '../clean.js';
import { renderDocument } from '../page/document.js';
import { SPARK_STYLE, Spark } from '../page/spark.js';
import { VERDICT_CLASSES } from '../page/verdicts.js';
import { counted, distanceText } from '../text/figures.js';
import { inLanguage } from '../text/language.js';
import { pageScript } from './page-script.js';
import type { LiveFleet, LiveNode } from './state.js';
import {
  doingText,
  type Moment,
  momentOf,
  nextText,
  orderOf,
  passText,
  roundTexts,
  summaryText,
  toldOf,
} from './words.js';

const STYLE = `${SPARK_STYLE}
td small { display: block; color: var(--soft); max-width: 34em; white-space: normal; }
`;

/** A row is sent with every change of its node; the whole text is on the node's own page. */
const LONGEST_TOLD = 1_000;

const HEAD = [
  'node',
  'site',
  'now',
  'last verdict',
  'mean L2',
  'trend',
  'own last PASS',
  'last PASS',
  'next run',
];

/** The whole page at this moment; events keep it up to date. */
export function renderLivePage(fleet: LiveFleet, now: number): string {
  const moment = momentOf(fleet, now);
  return renderDocument(
    `Fleet ${fleet.name}, live`,
    <>
      <header>
        <h1>{fleet.name}</h1>
        <p class="meta">
          <span id="line">as of the moment it was loaded</span>, <a href="history">history of all runs</a>,{' '}
          <a href="metrics">metrics</a>
        </p>
      </header>
      <main>
        <div id="summary" aria-live="polite">
          <Summary moment={moment} />
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
                  <Row key={at} at={at} node={fleet.nodes[at] as LiveNode} moment={moment} />
                ))}
              </tbody>
            </table>
          </section>
        </div>
      </main>
    </>,
    { style: STYLE, script: pageScript() },
  );
}

/** The data of one event. */
export interface LiveEvent {
  head: string;
  /** Rows that differ from those on the page: id and markup. */
  changed: [string, string][];
  /** Ids of all rows. */
  order: string[];
}

/**
 * The changes since the rows that were sent before.
 *
 * @param sent markup of each row on the page, by id
 */
export function liveEvent(fleet: LiveFleet, sent: ReadonlyMap<string, string>, now: number): LiveEvent {
  const moment = momentOf(fleet, now);
  const rows = fleet.nodes.map((node, at): [string, string] => [rowId(at), markupOf(node, at, moment)]);
  return {
    head: renderToStaticMarkup(<Summary moment={moment} />),
    changed: rows.filter(([id, markup]) => sent.get(id) !== markup),
    order: orderOf(fleet).map(rowId),
  };
}

/**
 * The last markup of each node, cached: in a large fleet few rows change between two events, and several
 * pages may be open.
 */
const drawn = new WeakMap<LiveNode, { times: string; markup: string }>();

function markupOf(node: LiveNode, at: number, moment: Moment): string {
  const times = `${at} ${passText(node, moment.now)} ${nextText(node, moment)}`;
  const known = drawn.get(node);
  if (known?.times === times) return known.markup;
  const markup = renderToStaticMarkup(<Row at={at} node={node} moment={moment} />);
  drawn.set(node, { times, markup });
  return markup;
}

function Summary({ moment }: { moment: Moment }) {
  const { closed } = moment.fleet;
  return (
    <>
      <p class="reason">{summaryText(moment.fleet)}</p>
      <p class="meta">{roundTexts(moment).map(inLanguage).join(' ')}</p>
      {closed !== null && (
        <p class="notice">
          <strong>No validation is started</strong> {closed}
        </p>
      )}
    </>
  );
}

function Row({ node, at, moment }: { node: LiveNode; at: number; moment: Moment }) {
  const { id, site, last } = node;
  const told = toldOf(node);
  return (
    <tr id={rowId(at)}>
      <th scope="row">{last?.folder == null ? id : <a href={`node/${at}`}>{id}</a>}</th>
      <td>{site}</td>
      <td>{doingText(node)}</td>
      <td>
        <span class={last === null ? 'meta' : VERDICT_CLASSES[last.verdict]}>
          {last?.verdict ?? 'none yet'}
        </span>
        {told.length > 0 && <small>{cleanText(told.join('; '), LONGEST_TOLD)}</small>}
      </td>
      <td>{distanceText(last?.l2_mean)}</td>
      <td>
        <Trend node={node} />
      </td>
      <td>{last?.drift?.outcome ?? '–'}</td>
      <td>{passText(node, moment.now)}</td>
      <td>{nextText(node, moment)}</td>
    </tr>
  );
}

/** Mean distances of the last runs; a run without a PASS is a dot. */
function Trend({ node: { trend } }: { node: LiveNode }) {
  const means = trend.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  const label = `mean L2 of ${counted(means.length, 'run')}: from ${distanceText(means[0])} to ${distanceText(means.at(-1))}`;
  const points = trend.map(({ mean, verdict }) => ({ value: mean, isBad: verdict !== 'PASS' }));
  return <Spark points={points} label={label} />;
}

const rowId = (at: number) => `node-${at}`;
