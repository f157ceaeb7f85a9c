import { Figure } from '../../page/figure.js';
import type { Observation } from '../../run/observation.js';
import type { Run } from '../../run/read.js';
import { durationText, rateText } from '../../text/figures.js';
import { latencyByBatch } from './charts/latency-by-batch.js';
import { throughputOverTime } from './charts/throughput-over-time.js';
import { ReplicaLegend } from './replica-legend.js';

/** Speed of the node: batches of the probe, and continuous generation. */
export function Timing({ report: { throughput, validation }, observations }: Run) {
  const ports = validation?.replicas.map(({ port }) => port) ?? answering(observations);
  const generating = throughput?.summary.replicas.map(({ port }) => port) ?? [];
  if (observations.length === 0 && generating.length === 0) return null;
  return (
    <>
      <h2>Speed</h2>
      <div class="pair">
        {observations.length > 0 && (
          <Figure title="Latency of each batch" svg={latencyByBatch(observations, ports)}>
            <ReplicaLegend ports={ports} />
            {validation !== null && `Probing took ${durationText(validation.elapsed_s)}.`}
          </Figure>
        )}
        {throughput !== null && generating.length > 0 && (
          <Figure title="Throughput over time" svg={throughputOverTime(throughput, generating)}>
            <ReplicaLegend ports={generating} />
            {rateText(throughput.summary.mean)} over all replicas.
          </Figure>
        )}
      </div>
    </>
  );
}

/** The replicas of a run that was not judged. */
function answering(observations: Observation[]): (number | null)[] {
  return [...new Set(observations.map(({ replica }) => replica))].sort((a, b) => (a ?? 0) - (b ?? 0));
}
