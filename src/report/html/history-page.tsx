import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { Figure } from '../../page/figure.js';
import { counted, distanceText, momentText, pValueText, rateText } from '../../text/figures.js';
import type { History, HistoryEntry } from '../history/history.js';
import { HISTORY_HEAD, historyCells } from '../history/text.js';
import { type TrendPoint, trend } from './charts/trend.js';

/** What a page of many runs leads to, where it is served with others. */
export interface HistoryLinks {
  /** The page of a run, by its folder. */
  pageOf(folder: string): string;
  fleets: { href: string; text: string }[];
}

/** Many runs as one page: how each node and model did over time, and what changed from run to run. */
export function renderHistoryPage(histories: History[], links?: HistoryLinks): string {
  const runs = histories.reduce((sum, { entries }) => sum + entries.length, 0);
  const title = `History of ${counted(runs, 'run')}`;
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
        {histories.map((history) => (
          <NodeHistory key={`${history.node} ${history.model}`} {...history} pageOf={links?.pageOf} />
        ))}
      </main>
    </>,
  );
}

function NodeHistory({
  node,
  model,
  entries,
  pageOf,
}: History & { pageOf: HistoryLinks['pageOf'] | undefined }) {
  const where = `${model} on ${node}`;
  return (
    <>
      <h2>{where}</h2>
      {entries.length > 1 && <Trends where={where} entries={entries} />}
      <div class="panel">
        <DataTable
          caption={`Runs of ${where}`}
          head={[...HISTORY_HEAD, 'changed since the run before']}
          rows={entries.map((entry) => {
            const [time, verdict, ...figures] = historyCells(entry);
            return [
              pageOf === undefined ? (
                time
              ) : (
                <a key="time" href={pageOf(entry.folder)}>
                  {time}
                </a>
              ),
              <span
                key="verdict"
                class={entry.verdict === 'PASS' ? 'good' : 'bad'}
                title={entry.verdict_reason}
              >
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

/** Distances and throughput from run to run. */
function Trends({ where, entries }: { where: string; entries: HistoryEntry[] }) {
  const rates = pointsOf(entries, ({ throughput }) => throughput, rateText);
  const means = pointsOf(entries, ({ l2_mean }) => l2_mean, distanceText);
  const percentiles = pointsOf(entries, ({ l2_p98 }) => l2_p98, distanceText);
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
        title: `${momentText(entry.timestamp)}: ${textOf(value)}, ${entry.verdict}${p}`,
        bad: entry.verdict !== 'PASS',
      },
    ];
  });
}
