import { replicaClass } from '../../page/charts/palette.js';
import { replicaText } from '../../text/figures.js';

/** The colour of each replica. */
export function ReplicaLegend({ ports, mismatches }: { ports: (number | null)[]; mismatches?: boolean }) {
  return (
    <ul class="legend">
      {ports.map((port, index) => (
        <li key={port}>
          <span class={`swatch ${replicaClass(index)}`} />
          replica {replicaText(port)}
        </li>
      ))}
      {mismatches && (
        <li>
          <span class="swatch mismatch" />
          mismatch
        </li>
      )}
    </ul>
  );
}
