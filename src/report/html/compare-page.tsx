import type { PairComparison } from '../../compare/compare.js';
import { groupDifferences } from '../../compare/differences.js';
import { counted, pValueText } from '../../verdict/figures.js';
import type { ResolvedStatTest } from '../../verdict/thresholds.js';
import { distanceText } from '../format.js';
import { matrixHeight, pairMatrix } from './charts/pair-matrix.js';
import { pairRanges } from './charts/pair-ranges.js';
import { DataTable } from './data-table.js';
import { renderDocument } from './document.js';
import { Figure } from './figure.js';

/** What `assay compare` measured. */
export interface ComparisonResult {
  stat_test: ResolvedStatTest;
  pairs: PairComparison[];
}

/** Recordings against each other, as one page: which pairs lie close, and which do not. */
export function renderComparePage({ stat_test: { values, source }, pairs }: ComparisonResult): string {
  const names = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const numbersOf = ({ a, b }: PairComparison) => `${names.indexOf(a) + 1}–${names.indexOf(b) + 1}`;
  const title = `${counted(names.length, 'recording')} compared`;
  return renderDocument(
    title,
    <>
      <header>
        <h1>{title}</h1>
        <p class="reason">{summaryOf(pairs, numbersOf, values.fraud_threshold)}</p>
        <p class="meta">
          Mismatch above an L2 distance of {values.dist_threshold} ({source.dist_threshold}), expected rate{' '}
          {values.p_mismatch} ({source.p_mismatch}).
        </p>
      </header>
      <main>
        <h2>Recordings</h2>
        <div class="panel inputs">
          <DataTable
            caption="Their numbers on this page"
            head={['number', 'recording']}
            rows={names.map((name, index) => [index + 1, name])}
          />
        </div>
        <h2>Pairs</h2>
        <div class="pair">
          <Figure title="Mean L2 distance" svg={pairMatrix(pairs, names, values.fraud_threshold)}>
            The stronger the colour, the farther apart. Framed: a p-value below {values.fraud_threshold}.
          </Figure>
          <Figure
            title="How far they reach"
            svg={pairRanges(pairs, numbersOf, values.dist_threshold, matrixHeight(names.length))}
          >
            Thin: least to largest; thick: median to 98th percentile; dot: mean; red line: threshold.
          </Figure>
        </div>
        <div class="panel">
          <DataTable
            caption="Every pair over the nonces that both have"
            head={['pair', 'common', 'missing', 'L2 mean ± sd', 'p50', 'p98', 'max', 'mismatches', 'p-value']}
            rows={pairs.map((pair) => [
              numbersOf(pair),
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
        <Differences pairs={pairs} numbersOf={numbersOf} />
      </main>
    </>,
  );
}

function Differences({
  pairs,
  numbersOf,
}: {
  pairs: PairComparison[];
  numbersOf: (pair: PairComparison) => string;
}) {
  const rows = groupDifferences(pairs, numbersOf).map(({ pairs: alike, name, a, b }) => [
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
          caption="They do not enter the computation of a vector"
          head={['pairs', 'parameter', 'in the first', 'in the second']}
          rows={rows}
        />
      </div>
    </>
  );
}

/** What one reads first: the pair that lies farthest apart, and how many differ more than chance allows. */
function summaryOf(
  pairs: PairComparison[],
  numbersOf: (pair: PairComparison) => string,
  fraudThreshold: number,
): string {
  const unlike = pairs.filter(({ p_value }) => p_value < fraudThreshold);
  const [first, ...others] = pairs;
  const farthest = others.reduce(
    (most, pair) => ((pair.l2?.mean ?? Infinity) > (most?.l2?.mean ?? Infinity) ? pair : most),
    first,
  );
  const apart =
    farthest === undefined
      ? ''
      : `${numbersOf(farthest)} lie farthest apart, L2 ${distanceText(farthest.l2?.mean)} on average; `;
  return `${apart}${unlike.length} of ${counted(pairs.length, 'pair')} mismatch more than honest recordings may (p-value below ${fraudThreshold})`;
}
