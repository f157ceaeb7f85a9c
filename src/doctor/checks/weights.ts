import { commitText } from '../../network/names.js';
import { type DoctorCheck, ofReachedNodes, unknown } from '../check.js';
import type { MlNodeFacts } from '../facts.js';

/** The weights are on the node's disk. */
export const weights: DoctorCheck = {
  name: 'weights',
  title: 'weights are on the disk',
  whyItMatters: 'A download takes longer than a deploy window.',
  judge: (facts) =>
    ofReachedNodes(facts, ({ weights: told, space }) => {
      if (told === null) return null;
      if ('unknown' in told) return unknown(told.unknown);
      const { status, weights: of } = told.value;
      if (status === null) return unknown("the node's version does not report its weights");
      const text = [`${status.status}: ${of.repository}, ${commitText(of)}`, ...placeText(space)].join('; ');
      if (status.status === 'DOWNLOADED') return { state: 'ok', text };
      return {
        state: 'warn',
        text,
        advice:
          status.status === 'PARTIAL'
            ? 'an offline node reports PARTIAL for complete weights; else start the download: assay lifecycle run'
            : 'start the download before the deploy window: assay lifecycle run',
      };
    }),
};

/** Their folder, the size of all weights, and the free space. */
function placeText(space: MlNodeFacts['space']): string[] {
  if ('unknown' in space || space.value === null) return [];
  const { cache_path: path, cache_size_gb: taken, available_gb: free } = space.value;
  const gb = (value: number | null | undefined) => `${Math.round(value ?? 0)} GB`;
  return [`in ${path ?? 'a cache that it does not name'}, ${gb(taken)} taken, ${gb(free)} free`];
}
