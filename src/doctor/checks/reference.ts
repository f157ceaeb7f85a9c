import type { DoctorCheck } from '../check.js';
import { unknown } from '../check.js';

/** There is a reference to validate against. */
export const reference: DoctorCheck = {
  name: 'reference',
  title: 'a reference fits',
  whyItMatters: 'Validation needs a reference; one of the same GPU class is the most exact.',
  judge({ model, references }) {
    if (model === null || references === null) return [];
    if ('unknown' in references) return [unknown(references.unknown)];
    const [best] = references.value;
    if (best === undefined) {
      return [
        {
          state: 'fail',
          text: `no reference of ${model}`,
          advice:
            'add one to your catalogue (assay catalog add FILE), or record one from a trusted node (assay record)',
        },
      ];
    }
    return [{ state: 'ok', text: `${best.name}, recorded on ${best.recordedOn}: ${best.why}` }];
  },
};
