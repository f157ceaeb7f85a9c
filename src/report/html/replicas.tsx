import { DataTable } from '../../page/data-table.js';
import type { ValidateReport, ValidationReport } from '../../run/report.js';
import { distanceText, pValueText, rateText, replicaText } from '../../text/figures.js';

/** Each replica's own test beside its rate, and the node's word about itself. */
export function Replicas({ report, validation }: { report: ValidateReport; validation: ValidationReport }) {
  const rates = new Map(report.throughput?.summary.replicas.map((replica) => [replica.port, replica]));
  return (
    <>
      <h2>Replicas side by side</h2>
      <div class="panel">
        <DataTable
          caption="Each replica is tested by itself, with the fraud threshold shared among the replicas."
          head={['replica', 'mismatches', 'p-value', 'test', 'L2 mean', 'L2 p98', 'L2 max', 'throughput']}
          rows={validation.replicas.map((replica) => {
            const rate = replica.port === null ? undefined : rates.get(replica.port);
            return [
              replicaText(replica.port),
              `${replica.n_mismatch} of ${replica.n_total}`,
              pValueText(replica.p_value),
              <TestResult key="test" fraud={replica.fraud_detected} outside={replica.far_outside} />,
              distanceText(replica.distances.l2?.mean),
              distanceText(replica.distances.l2?.p98),
              distanceText(replica.distances.l2?.max),
              rate === undefined ? '–' : `${rateText(rate.mean)}${rate.slow ? ' (slow)' : ''}`,
            ];
          })}
        />
        {validation.replica_disagreement !== null && (
          <p>
            Vectors of two replicas for the same nonce lie{' '}
            {distanceText(validation.replica_disagreement.mean_l2)} apart on average,{' '}
            {distanceText(validation.replica_disagreement.max_l2)} at most.
          </p>
        )}
        <SelfCheck check={validation.node_self_check} />
      </div>
    </>
  );
}

function TestResult({ fraud, outside }: { fraud: boolean; outside: boolean }) {
  if (fraud) return <span class="bad">fraud</span>;
  return outside ? <span class="warn">clean, but outside the band</span> : <span class="good">clean</span>;
}

function SelfCheck({ check }: { check: ValidationReport['node_self_check'] }) {
  if (check === null) return <p>The node was not asked for its own check.</p>;
  return (
    <p>
      The node's own check{' '}
      {check.agrees ? <span class="good">agrees</span> : <span class="bad">disagrees</span>}: {check.note}.
    </p>
  );
}
