import { Cards } from '../../page/cards.js';
import type { Run } from '../../run/read.js';
import type { ChainsAlike, DecodeReport, ValidationReport } from '../../run/report.js';
import {
  counted,
  distanceText,
  durationText,
  pValueText,
  rateText,
  toleratedText,
} from '../../text/figures.js';

type Card = [title: string, figure: string, note: string];

/** The few figures that a user compares with the last run. */
export function KeyFigures({ report }: Run) {
  const { validation, throughput } = report;
  const cards: Card[] = [];
  if (validation !== null) {
    const { response, distances, mismatch_rate_ci95: interval } = validation;
    const tolerated = toleratedText(validation.first_failing_mismatch_count, response.n_total);
    cards.push(
      ['Mismatches', `${response.n_mismatch} of ${response.n_total}`, `${tolerated} tolerated`],
      [
        'p-value',
        pValueText(response.p_value),
        `FAIL below ${report.config.stat_test.values.fraud_threshold}`,
      ],
      ['True mismatch rate', rangeText(interval), '95 % confidence'],
      validation.decode === undefined ? distanceCard(distances) : chainsCard(validation.decode),
    );
  }
  if (throughput !== null) {
    const { mean, min, max, replicas } = throughput.summary;
    cards.push([
      'Throughput',
      rateText(mean),
      `${rateText(min)} to ${rateText(max)}, ${counted(replicas.length, 'replica')}`,
    ]);
  }
  // A run that was killed has no duration.
  if (report.duration_s > 0) cards.push(['Duration', durationText(report.duration_s), 'whole run']);
  return <Cards cards={cards} />;
}

function distanceCard({ l2 }: ValidationReport['distances']): Card {
  return [
    'L2 distance, mean',
    distanceText(l2?.mean),
    `p98 ${distanceText(l2?.p98)}, max ${distanceText(l2?.max)}`,
  ];
}

/** Chains have no distances. */
function chainsCard({ chains }: DecodeReport): Card {
  return ['Chains equal to the reference', `${chains.equal} of ${chains.compared}`, differenceText(chains)];
}

function differenceText({ compared, first_divergence: steps }: ChainsAlike): string {
  if (compared === 0) return 'none could be compared';
  if (steps === null) return 'no step differs';
  return `the others differ from step ${steps.min} to ${steps.max} on`;
}

/** An interval of fractions: `6.2–15.0 %`. */
function rangeText([low, high]: [number, number]): string {
  return `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %`;
}
