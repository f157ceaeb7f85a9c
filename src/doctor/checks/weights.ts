import { type DoctorCheck, ofReachedNodes, unknown } from '../check.js';

/** The weights are on the node's disk. */
export const weights: DoctorCheck = {
  name: 'weights',
  title: 'weights are on the disk',
  whyItMatters: 'A download takes longer than a deploy window.',
  judge: (facts) =>
    ofReachedNodes(facts, ({ weights: told }) => {
      if (told === null) return null;
      if ('unknown' in told) return unknown(told.unknown);
      if (told.value === null) return unknown('the node is too old to tell its weights');
      if (told.value === 'DOWNLOADED') return { state: 'ok', text: 'DOWNLOADED' };
      return {
        state: 'warn',
        text: told.value,
        advice:
          told.value === 'PARTIAL'
            ? 'an offline node says PARTIAL of whole weights; else start the download: assay lifecycle run'
            : 'start the download before the deploy window: assay lifecycle run',
      };
    }),
};
