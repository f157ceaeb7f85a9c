import type { Observation } from '../../run/observation.js';
import { counted } from '../../text/figures.js';
import { groupBy } from '../../text/group-by.js';
import { fisherTwoSided } from '../fisher.js';
import { byReplica } from '../measurements.js';
import { ALPHA } from '../significance.js';
import { replicaName } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** A group of measurements with more mismatches than chance explains. */
interface Cluster {
  name: string;
  pValue: number;
}

/**
 * Far vectors are more frequent in first places of batches than elsewhere, or in one batch than in the others
 * of its replica, by Fisher's test at 0.001 shared among all comparisons.
 */
export const batchComposition: DiagnosisRule = {
  code: 'batch_composition',
  title: 'mismatches depend on the place in the batch, or on the batch',
  whyItMatters:
    'Numerics depend on which nonces share a batch. A batch with other nonces than in the reference, or computed together with other work, gives other vectors.',
  examine({ rest }) {
    const byOwner = [...byReplica(rest)];
    const batches = byOwner.flatMap(([port, own]) => {
      // Where the node does not name the replica of a batch, a bad replica looks like bad batches.
      if (port === null) return [];
      const groups = [...groupBy(own, ({ batch }) => batch)];
      return groups.length < 2 ? [] : groups.map(([batch, inside]) => ({ port, own, batch, inside }));
    });
    const starts = new Set(batches.map(({ inside }) => inside[0] as Observation));
    const alpha = ALPHA / (batches.length + 1);
    const clusters = [
      compare(
        'first places of batches',
        [...starts],
        batches.flatMap(({ inside }) => inside),
      ),
      ...batches.map(({ port, own, batch, inside }) =>
        compare(`batch ${batch} of ${replicaName(port)}`, inside, own),
      ),
    ].filter(({ pValue }) => pValue < alpha);
    if (clusters.length === 0) return null;
    return {
      evidence: clusters.map(({ name, pValue }) => `${name}, p ${pValue.toExponential(1)}`).join('; '),
      advice:
        'validate with the batch size that the reference was recorded with (--validation-batch-size), on a node that serves nothing else meanwhile; if it stays, the engine mixes up batches',
    };
  },
};

/** Mismatches inside against those in the rest of `all`; a p-value of 1 where there are not more inside. */
function compare(name: string, inside: Observation[], all: Observation[]): Cluster {
  const far = (some: Observation[]) => some.filter(({ why }) => why === 'distance').length;
  const [farInside, farAll] = [far(inside), far(all)];
  const [farRest, rest] = [farAll - farInside, all.length - inside.length];
  const label = `${name}: ${counted(farInside, 'mismatch', 'mismatches')} of ${inside.length}, elsewhere ${farRest} of ${rest}`;
  const more = farInside * rest > farRest * inside.length;
  return { name: label, pValue: more ? fisherTwoSided(farInside, inside.length, farRest, rest) : 1 };
}
