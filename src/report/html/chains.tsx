import { DataTable } from '../../page/data-table.js';
import type { DecodeReport } from '../../run/report.js';
import { replicaText } from '../../text/figures.js';
import { divergenceLines, equalText, firstDifferenceText } from '../../verdict/divergence.js';

/**
 * The decode scheme's section in place of distances: where chains differ from the reference, and who judged
 * them.
 */
export function Chains({ decode }: { decode: DecodeReport }) {
  return (
    <>
      <h2>Chains</h2>
      {divergenceLines(decode).map((line) => (
        <p key={line}>{line}</p>
      ))}
      <div class="panel">
        <DataTable
          caption="Chains of each replica"
          head={[
            'replica',
            'equal to the reference',
            'first difference',
            'equal to another replica',
            'first difference',
          ]}
          rows={decode.replicas.map(({ port, elsewhere, ...own }) => [
            replicaText(port),
            equalText(own),
            firstDifferenceText(own),
            equalText(elsewhere),
            firstDifferenceText(elsewhere),
          ])}
        />
      </div>
    </>
  );
}
