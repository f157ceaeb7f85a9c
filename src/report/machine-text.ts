import type { ValidationReport } from '../run/report.js';

/**
 * Compares the node's machine with that of the reference, which decides the honest pairs for the band: null
 * if neither machine is known.
 */
export function machineText({
  hardware,
  differs = [],
  not_known = [],
  band_of = 'pairs_like_the_run',
}: ValidationReport['distribution']): string | null {
  if (hardware === 'same')
    return 'GPU class, topology, build, batch and arguments are those of the reference: an honest node repeats it, L2 0';
  if (differs.length + not_known.length === 0) return null;
  const known = differs.length === 0 ? [] : [`the node differs from the reference in ${listed(differs)}`];
  const unknown =
    not_known.length === 0
      ? []
      : [
          `${listed(not_known)} of the node or of the reference ${not_known.length === 1 ? 'is' : 'are'} not known`,
        ];
  const machines = [...known, ...unknown].join('; ');
  if (band_of === 'reference') return `${machines}: the band is the reference's own`;
  if (band_of === 'all_pairs') return `${machines}: the band is of all honest pairs of the model`;
  return `${machines}: the band is of honest pairs that ${unknown.length === 0 ? 'differ' : 'may differ'} so`;
}

function listed(words: string[]): string {
  const shown = words.map((word) => (word === 'arguments' ? 'start arguments' : word));
  return shown.join(', ').replace(/, ([^,]*)$/, ' and $1');
}
