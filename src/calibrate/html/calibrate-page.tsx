import { Cards } from '../../page/cards.js';
import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { Figure } from '../../page/figure.js';
import { distanceText, percentText } from '../../text/figures.js';
import type { Calibration, SampleFigures } from '../calibrate.js';
import type { GatheredSamples } from '../gather.js';
import type { RocPoint } from '../roc.js';
import { distributions } from './distributions.js';
import { roc } from './roc.js';

export interface CalibrationInput {
  calibration: Calibration;
  samples: GatheredSamples;
  /** Empty without fraud runs. */
  curve: RocPoint[];
}

/** Thresholds and the data that they are made from, as one page. */
export function renderCalibratePage({ calibration, samples, curve }: CalibrationInput): string {
  const { recommended, quantile, percentile, measure } = calibration;
  return renderDocument(
    `Calibration: ${recommended.dist_threshold}`,
    <>
      <header>
        <h1>Calibrated thresholds</h1>
        <p class="reason">
          {percentile} % of the honest {measure}s are at most {recommended.dist_threshold}. A nonce above it
          is a mismatch. Of an honest node, up to {percentText(recommended.p_mismatch)} of the nonces may be
          mismatches.
        </p>
        <p class="meta">
          Percentile {percentile} of the honest {measure}s: {distanceText(quantile.value)}, 95 % interval{' '}
          {distanceText(quantile.ci95[0])} to {distanceText(quantile.ci95[1])} ({quantile.resamples}{' '}
          resamples, seed {calibration.seed}).
        </p>
      </header>
      <main>
        <Cards cards={cardsOf(calibration)} />
        <h2>{measure === 'margin' ? 'Margins' : 'Distances'}</h2>
        <Distances calibration={calibration} samples={samples} curve={curve} />
        <h2>Samples</h2>
        <div class="panel">
          <DataTable
            caption="Data that the thresholds were computed from and tested on"
            head={['kind', 'sample', 'nonces', `> ${recommended.dist_threshold}`, 'rate (95 %)']}
            rows={[
              ...calibration.honest.map((figures) => sampleRow('honest', figures)),
              ...calibration.fraud.map((figures) => sampleRow('fraud', figures)),
            ]}
          />
        </div>
      </main>
    </>,
  );
}

/** The measurements, and the result of each threshold for them. */
function Distances({
  calibration: { recommended, quantile, separation, measure },
  samples,
  curve,
}: CalibrationInput) {
  return (
    <div class="pair">
      <Figure
        title={separation === null ? `Honest ${measure}s` : `Honest and fraud ${measure}s`}
        svg={distributions({
          ...samples,
          threshold: recommended.dist_threshold,
          interval: quantile.ci95,
        })}
      >
        <ul class="legend">
          <li>
            <span class="swatch honest" />
            honest
          </li>
          {separation !== null && (
            <li>
              <span class="swatch fraud" />
              fraud
            </li>
          )}
        </ul>
        Each as shares of its own nonces. Shaded red: the 95 % interval of the percentile. Vectors without a{' '}
        {measure} are above every threshold, and not drawn.
      </Figure>
      {separation !== null && (
        <Figure title="Effect of each threshold (ROC)" svg={roc(curve, separation)}>
          The curve shows every threshold; the ring marks the recommended one. The nearer to the upper left,
          the better honest and fraud are separated.
        </Figure>
      )}
    </div>
  );
}

function cardsOf({ recommended, separation, l2, nonces_needed, wanted_power, measure }: Calibration) {
  const cards: [string, string, string][] = [
    ['dist_threshold', String(recommended.dist_threshold), 'above it a nonce is a mismatch'],
    ['p_mismatch', String(recommended.p_mismatch), 'expected rate of an honest node'],
    ['fraud_threshold', String(recommended.fraud_threshold), 'a p-value below this is a FAIL'],
    [
      measure === 'margin' ? 'Honest margin, mean' : 'Honest L2, mean',
      distanceText(l2.mean),
      `± ${distanceText(l2.sd)}, max ${distanceText(l2.max)}`,
    ],
  ];
  if (separation !== null) {
    const { roc_area, false_alarm_rate, miss_rate, held_out } = separation;
    const beside = (rate: number | undefined) =>
      rate === undefined ? 'of all nonces' : `held out: ${percentText(rate)}`;
    cards.push(
      ['ROC area', roc_area.toFixed(4), '1: all separated, 0.5: none'],
      ['False alarms', percentText(false_alarm_rate), beside(held_out?.false_alarm_rate)],
      ['Misses', percentText(miss_rate), beside(held_out?.miss_rate)],
    );
  }
  for (const { true_rate, n } of nonces_needed) {
    cards.push([
      'Nonces needed',
      n === null ? 'too many' : String(n),
      `for a rate of ${percentText(true_rate)}, power ${percentText(wanted_power)}`,
    ]);
  }
  return cards;
}

function sampleRow(kind: string, { label, n, beyond, rate_ci95: [low, high] }: SampleFigures) {
  return [kind, label, n, beyond, `${percentText(low)} – ${percentText(high)}`];
}
