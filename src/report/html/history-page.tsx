import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { Figure } from '../../page/figure.js';
import { SPARK_STYLE, Spark } from '../../page/spark.js';
import { SEVERITY, VERDICT_CLASSES } from '../../page/verdicts.js';
import { counted, distanceText, pValueText, rateText, secondText } from '../../text/figures.js';
import { fewerPoints, rowsFor, rowsOf } from '../history/fewer.js';
import { type History, type HistoryEntry, isBad } from '../history/history.js';
import { HISTORY_HEAD, historyCells } from '../history/text.js';
import { type TrendPoint, trend } from './charts/trend.js';

/** Links of a page of many runs, when it is served with other pages. */
export interface HistoryLinks {
  /** The page of a run, by its folder. */
  pageOf(folder: string): string;
  fleets: { href: string; text: string }[];
}

/** Many runs as one page: the trend of each node and model, and the changes from run to run. */
export function renderHistoryPage(histories: History[], links?: HistoryLinks): string {
  const runs = histories.reduce((sum, { entries }) => sum + entries.length, 0);
  const title = `History of ${counted(runs, 'run')}`;
  // If each run has a page, each needs its link.
  const most = links === undefined ? rowsFor(histories.length) : Number.POSITIVE_INFINITY;
  return renderDocument(
    title,
    <>
      <header>
        <h1>{title}</h1>
        <p class="meta">Runs of the same node and model are in one table, oldest first. Times are UTC.</p>
      </header>
      <main>
        {links !== undefined && links.fleets.length > 0 && (
          <>
            <h2>Fleets</h2>
            <ul>
              {links.fleets.map(({ href, text }) => (
                <li key={href}>
                  <a href={href}>{text}</a>
                </li>
              ))}
            </ul>
          </>
        )}
        {histories.length > 1 && <Overview histories={histories} />}
        {histories.map((history, at) => (
          <NodeHistory
            key={`${history.node} ${history.model}`}
            {...{ history, at, most }}
            pageOf={links?.pageOf}
          />
        ))}
      </main>
    </>,
    { style: SPARK_STYLE },
  );
}

/** One line per node, failures first: its results, and a link to its runs on the page. */
function Overview({ histories }: { histories: History[] }) {
  const rank = ({ entries }: History) => SEVERITY.indexOf((entries.at(-1) as HistoryEntry).verdict);
  const rows = histories.map((history, at) => ({ history, at }));
  return (
    <>
      <h2>Overview</h2>
      <div class="panel">
        <DataTable
          caption="Every node, by its last run: failures first"
          head={[
            'node',
            'model',
            'all runs',
            'passed',
            'last run',
            'verdict',
            'L2 mean',
            'trend',
            'own last PASS',
          ]}
          rows={rows
            .sort((a, b) => rank(a.history) - rank(b.history))
            .map(({ history: { node, model, entries }, at }) => {
              const last = entries.at(-1) as HistoryEntry;
              const passed = entries.filter(({ verdict }) => verdict === 'PASS').length;
              return [
                <a key="node" href={`#${sectionId(at)}`}>
                  {node}
                </a>,
                model,
                entries.length,
                passed,
                secondText(last.timestamp),
                <span key="verdict" class={VERDICT_CLASSES[last.verdict]} title={last.verdict_reason}>
                  {last.verdict}
                </span>,
                distanceText(last.l2_mean),
                <Sparkline key="trend" where={node} entries={entries} />,
                last.drift ?? '–',
              ];
            })}
        />
      </div>
    </>
  );
}

function Sparkline({ where, entries }: { where: string; entries: HistoryEntry[] }) {
  const means = pointsOf(entries, ({ l2_mean }) => l2_mean, distanceText);
  const points = fewerPoints(means, MOST_POINTS, isGreater);
  const label = `mean L2 of ${where} over ${counted(means.length, 'run')}`;
  return <Spark label={label} points={points.map(({ value, bad }) => ({ value, isBad: bad }))} />;
}

interface NodeHistoryOptions {
  history: History;
  /** Its anchor on the page. */
  at: number;
  /** Most rows of its table. */
  most: number;
  pageOf: HistoryLinks['pageOf'] | undefined;
}

function NodeHistory({ history: { node, model, entries }, at, most, pageOf }: NodeHistoryOptions) {
  const where = `${model} on ${node}`;
  const shown = rowsOf(entries, most);
  const left = entries.length - shown.length;
  return (
    <>
      <h2 id={sectionId(at)}>{where}</h2>
      {entries.length > 1 && <Trends where={where} entries={entries} />}
      <div class="panel">
        <DataTable
          caption={left === 0 ? `Runs of ${where}` : `Runs of ${where}: ${leftText(left, entries)}`}
          head={[...HISTORY_HEAD, 'changed since the run before']}
          rows={shown.map((entry) => {
            const [time, verdict, ...figures] = historyCells(entry);
            return [
              pageOf === undefined ? (
                time
              ) : (
                <a key="time" href={pageOf(entry.folder)}>
                  {time}
                </a>
              ),
              <span key="verdict" class={VERDICT_CLASSES[entry.verdict]} title={entry.verdict_reason}>
                {verdict}
              </span>,
              ...figures,
              <div key="changes" class="prose">
                {entry.changes.join('; ')}
              </div>,
            ];
          })}
        />
      </div>
    </>
  );
}

const sectionId = (at: number) => `node-${at}`;

/** Says which of a node's runs have no row. */
function leftText(left: number, entries: HistoryEntry[]): string {
  const told = entries.filter((entry) => isBad(entry) || entry.changes.length > 0).length;
  const which = told <= entries.length - left ? 'that passed and changed nothing' : 'of the older ones';
  return `${counted(left, 'run')} ${which} have no row here; --node, --since and --last show them`;
}

/** Most points of a line; with more runs, one point is for a stretch of runs. */
const MOST_POINTS = 100;
const isGreater = (one: TrendPoint, other: TrendPoint) => one.value > other.value;
const isLess = (one: TrendPoint, other: TrendPoint) => one.value < other.value;

/** Trends of distances and throughput. */
function Trends({ where, entries }: { where: string; entries: HistoryEntry[] }) {
  const rates = fewerPoints(
    pointsOf(entries, ({ throughput }) => throughput, rateText),
    MOST_POINTS,
    isLess,
  );
  const [means, percentiles] = (['l2_mean', 'l2_p98'] as const).map((figure) =>
    fewerPoints(
      pointsOf(entries, (entry) => entry[figure], distanceText),
      MOST_POINTS,
      isGreater,
    ),
  ) as [TrendPoint[], TrendPoint[]];
  const isThinned = entries.length > MOST_POINTS;
  return (
    <div class="pair">
      {means.length > 1 && (
        <Figure
          title="L2 distance"
          label={`L2 distance: ${where}`}
          svg={trend(
            [
              { colour: 'var(--replica-1)', points: means },
              { colour: 'var(--replica-2)', points: percentiles },
            ],
            'L2 distance',
            entries.at(-1)?.dist_threshold,
          )}
        >
          <ul class="legend">
            <li>
              <span class="swatch replica-1" />
              mean
            </li>
            <li>
              <span class="swatch replica-2" />
              98th percentile
            </li>
            <li>
              <span class="swatch failed" />
              not a PASS
            </li>
          </ul>
          The threshold is for single nonces; a PASS may have some above it.
          {isThinned && ` Each point is the worst of about ${Math.round(entries.length / MOST_POINTS)} runs.`}
        </Figure>
      )}
      {rates.length > 1 && (
        <Figure
          title="Throughput"
          label={`Throughput: ${where}`}
          svg={trend([{ colour: 'var(--replica-3)', points: rates }], 'nonces per second')}
        >
          Over all replicas.
        </Figure>
      )}
    </div>
  );
}

function pointsOf(
  entries: HistoryEntry[],
  figureOf: (entry: HistoryEntry) => number | null,
  textOf: (value: number) => string,
): TrendPoint[] {
  return entries.flatMap((entry) => {
    const value = figureOf(entry);
    if (value === null) return [];
    const p = entry.p_value === null ? '' : `, p-value ${pValueText(entry.p_value)}`;
    return [
      {
        timestamp: entry.timestamp,
        value,
        title: `${secondText(entry.timestamp)}: ${textOf(value)}, ${entry.verdict}${p}`,
        bad: entry.verdict !== 'PASS',
      },
    ];
  });
}
