import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { Figure } from '../../page/figure.js';
import type { ResolvedStatTest } from '../../run/thresholds.js';
import { counted, distanceText, pValueText } from '../../text/figures.js';
import type { PairComparison } from '../compare.js';
import { groupDifferences, pairNames } from '../pair-names.js';
import { matrixHeight, pairMatrix } from './pair-matrix.js';
import { pairRanges } from './pair-ranges.js';
import { Recordings } from './recordings.js';

/** The results of `assay compare`. */
export interface ComparisonResult {
  stat_test: ResolvedStatTest;
  pairs: PairComparison[];
}

/** Recordings compared with each other, as one page: which pairs are close, and which are not. */
export function renderComparePage({ stat_test: { values, source }, pairs }: ComparisonResult): string {
  const { recordings, nameOf } = pairNames(pairs);
  const title = `${recordings.length} recordings compared`;
  return renderDocument(
    title,
    <>
      <header>
        <h1>{title}</h1>
        <p class="reason">{summaryOf(pairs, nameOf, values.fraud_threshold)}</p>
        <p class="meta">
          Mismatch above an L2 distance of {values.dist_threshold} ({source.dist_threshold}), expected rate{' '}
          {values.p_mismatch} ({source.p_mismatch}).
        </p>
      </header>
      <main>
        <Recordings names={recordings} />
        <h2>Pairs</h2>
        <div class="pair">
          <Figure title="Mean L2 distance" svg={pairMatrix(pairs, recordings, values.fraud_threshold)}>
            Darker: larger distance. Framed: a p-value below {values.fraud_threshold}.
          </Figure>
          <Figure
            title="Range of distances"
            svg={pairRanges(pairs, nameOf, values.dist_threshold, matrixHeight(recordings.length))}
          >
            Thin: least to largest; thick: median to 98th percentile; dot: mean; red line: threshold.
          </Figure>
        </div>
        <div class="panel">
          <DataTable
            caption="Every pair over the nonces that both have"
            head={['pair', 'common', 'missing', 'L2 mean ± sd', 'p50', 'p98', 'max', 'mismatches', 'p-value']}
            rows={pairs.map((pair) => [
              nameOf(pair),
              pair.common,
              `${pair.missing_in_a.count} / ${pair.missing_in_b.count}`,
              pair.l2 === null ? '–' : `${distanceText(pair.l2.mean)} ± ${distanceText(pair.l2.sd)}`,
              distanceText(pair.l2?.p50),
              distanceText(pair.l2?.p98),
              distanceText(pair.l2?.max),
              pair.n_mismatch,
              <span key="p" class={pair.p_value < values.fraud_threshold ? 'bad' : 'good'}>
                {pValueText(pair.p_value)}
              </span>,
            ])}
          />
        </div>
        <Differences pairs={pairs} nameOf={nameOf} />
      </main>
    </>,
  );
}

function Differences({
  pairs,
  nameOf,
}: {
  pairs: PairComparison[];
  nameOf: (pair: PairComparison) => string;
}) {
  const rows = groupDifferences(pairs, nameOf).map(({ pairs: alike, name, a, b }) => [
    alike.join(', '),
    name,
    <code key="a">{a}</code>,
    <code key="b">{b}</code>,
  ]);
  if (rows.length === 0) return null;
  return (
    <>
      <h2>Parameters that differ</h2>
      <div class="panel inputs">
        <DataTable
          caption="They do not change vectors"
          head={['pairs', 'parameter', 'in the first', 'in the second']}
          rows={rows}
        />
      </div>
    </>
  );
}

/**
 * The first sentence of the page: the size of the distances, and whether there are more mismatches than
 * chance allows.
 */
function summaryOf(
  pairs: PairComparison[],
  nameOf: (pair: PairComparison) => string,
  fraudThreshold: number,
): string {
  const [first, ...others] = pairs;
  if (first === undefined) return '';
  const isUnlike = ({ p_value }: PairComparison) => p_value < fraudThreshold;
  if (others.length === 0) {
    const judged = isUnlike(first) ? 'more than honest recordings may' : 'no more than honest recordings may';
    return `${distanceText(first.l2?.mean)} apart on average; ${first.n_mismatch} of ${counted(first.common, 'nonce')} mismatch, ${judged}`;
  }
  const meanOf = ({ l2 }: PairComparison) => l2?.mean ?? Infinity;
  const farthest = others.reduce((most, pair) => (meanOf(pair) > meanOf(most) ? pair : most), first);
  return `${nameOf(farthest)} are farthest apart, ${distanceText(farthest.l2?.mean)} on average; ${pairs.filter(isUnlike).length} of ${counted(pairs.length, 'pair')} mismatch more than honest recordings may (p-value below ${fraudThreshold})`;
}
