import { DataTable } from '../../page/data-table.js';
import type { DecodeReport, ReplicaReport, ValidateReport, ValidationReport } from '../../run/report.js';
import { distanceText, pValueText, rateText, replicaText } from '../../text/figures.js';
import { equalText, firstDifferenceText } from '../../verdict/divergence.js';
import { networkViewText } from '../../verdict/network-view.js';
import { selfCheckSentence } from '../../verdict/self-check.js';

/** The test of each replica with its rate, and the node's self-check. */
export function Replicas({ report, validation }: { report: ValidateReport; validation: ValidationReport }) {
  const rates = new Map(report.throughput?.summary.replicas.map((replica) => [replica.port, replica]));
  const { decode } = validation;
  return (
    <>
      <h2>Replicas compared</h2>
      <div class="panel">
        <DataTable
          caption="Each replica is tested by itself, with the fraud threshold shared among the replicas."
          head={[
            ...['replica', 'mismatches', 'p-value', 'test'],
            ...(decode === undefined
              ? ['L2 mean', 'L2 p98', 'L2 max']
              : ['equal chains', 'first difference']),
            'throughput',
          ]}
          rows={validation.replicas.map((replica) => {
            const rate = replica.port === null ? undefined : rates.get(replica.port);
            return [
              replicaText(replica.port),
              `${replica.n_mismatch} of ${replica.n_total}`,
              pValueText(replica.p_value),
              <TestResult key="test" {...replica} />,
              ...measured(replica, decode),
              rate === undefined ? '–' : `${rateText(rate.mean)}${rate.slow ? ' (slow)' : ''}`,
            ];
          })}
        />
        {validation.replica_disagreement !== null && (
          <p>
            Vectors of two replicas for the same nonce are{' '}
            {distanceText(validation.replica_disagreement.mean_l2)} apart on average,{' '}
            {distanceText(validation.replica_disagreement.max_l2)} at most.
          </p>
        )}
        <SelfCheck check={validation.node_self_check} config={report.config} />
        {validation.network_view !== undefined && <p>{networkViewText(validation.network_view)}.</p>}
      </div>
    </>
  );
}

/** Distances of a replica; its chains in the decode scheme, which has no distances. */
function measured({ port, distances: { l2 } }: ReplicaReport, decode: DecodeReport | undefined): string[] {
  if (decode === undefined) return [l2?.mean, l2?.p98, l2?.max].map(distanceText);
  const own = decode.replicas.find((replica) => replica.port === port);
  return [equalText(own), firstDifferenceText(own)];
}

function TestResult({ n_total, fraud_detected, far_outside }: ReplicaReport) {
  if (n_total === 0) return <span class="warn">not tested</span>;
  if (fraud_detected) return <span class="bad">FAIL</span>;
  return far_outside ? <span class="warn">PASS, but outside the band</span> : <span class="good">PASS</span>;
}

function SelfCheck({
  check,
  config,
}: {
  check: ValidationReport['node_self_check'];
  config: ValidateReport['config'];
}) {
  const className = check?.agrees === false ? 'bad' : undefined;
  return <p class={className}>{selfCheckSentence(check, config)}.</p>;
}
