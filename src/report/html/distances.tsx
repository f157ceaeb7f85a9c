import type { KnownDistances } from '../../models/distances.js';
import { Figure } from '../../page/figure.js';
import type { Run } from '../../run/read.js';
import type { ValidationReport } from '../../run/report.js';
import { toleratedText } from '../../text/figures.js';
import { inLanguage } from '../../text/language.js';
import { machineText } from '../machine-text.js';
import { distanceByNonce } from './charts/distance-by-nonce.js';
import { distanceHistogram } from './charts/distance-histogram.js';
import { replicaBoxes } from './charts/replica-boxes.js';
import { ReplicaLegend } from './replica-legend.js';

/** The distances in three charts: as a histogram, by nonce, and by replica. */
export function Distances({ run, validation }: { run: Run; validation: ValidationReport }) {
  const { observations, report } = run;
  const threshold = report.config.stat_test.values.dist_threshold;
  const ports = validation.replicas.map(({ port }) => port);
  const { band } = validation.distribution;
  const machine = band === null ? null : machineText(validation.distribution);
  const other = otherBands(report.config.known_distances ?? null);
  return (
    <>
      <h2>Distances</h2>
      <div class="pair">
        <Figure
          title="Distribution of the distances"
          svg={distanceHistogram({
            observations,
            threshold,
            tolerated: toleratedText(validation.first_failing_mismatch_count, validation.response.n_total),
            bands: [
              ...(band === null ? [] : [{ name: 'honest', colour: 'var(--honest)', ...band }]),
              ...other,
            ],
          })}
        >
          {band === null
            ? 'No honest distances of this model are known.'
            : shadedText(
                band.source,
                other.map(({ name }) => name),
              )}
          {band !== null && machine !== null && <span> {sentence(machine)}</span>}
        </Figure>
        <Figure title="Replica by replica" svg={replicaBoxes(observations, threshold, ports)}>
          Box: middle half of the distances; line in it: median; dots: outliers; red line: threshold.
        </Figure>
      </div>
      <Figure wide title="Nonce by nonce" svg={distanceByNonce(observations, threshold, ports)}>
        <ReplicaLegend ports={ports} mismatches />
        Dashed lines: batch borders. A measurement without a finite distance is at the top edge.
      </Figure>
    </>
  );
}

/**
 * Known other weights of the model, for scale: nearest to honest nodes first, as many as a chart has room
 * for.
 */
function otherBands(known: KnownDistances | null) {
  return [...(known?.other_weights ?? [])]
    .sort((a, b) => a.low - b.low)
    .slice(0, 2)
    .map(({ name, low, high, sd }) => ({
      name: `${name} weights`,
      colour: 'var(--int4)',
      mean: (low + high) / 2,
      sd: sd ?? (high - low) / 2,
    }));
}

/** A message as a sentence, translated before it begins with a large letter. */
function sentence(message: string): string {
  const own = inLanguage(message);
  return `${own.charAt(0).toUpperCase()}${own.slice(1)}${own === message ? '.' : '。'}`;
}

/** What is shaded behind the distances: each form is a sentence of its own, for its translation. */
function shadedText(source: string, others: string[]): string {
  return others.length === 0
    ? `Shaded for scale, mean ± standard deviation: honest nodes of this model (${source}).`
    : `Shaded for scale, mean ± standard deviation: honest nodes of this model (${source}), and ${others.join(', ')}.`;
}
