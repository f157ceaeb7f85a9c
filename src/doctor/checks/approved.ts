import { type DoctorCheck, unknown } from '../check.js';

/** Governance knows the model. */
export const approved: DoctorCheck = {
  name: 'approved',
  title: 'governance knows the model',
  whyItMatters: 'The network node drops a model that governance has not approved.',
  judge({ chain, model }) {
    if (model === null || chain === null || chain.isApproved === null) return [];
    if ('unknown' in chain.isApproved) return [unknown(chain.isApproved.unknown)];
    return chain.isApproved.value
      ? [{ state: 'ok', text: model }]
      : [
          {
            state: 'fail',
            text: `${model} is not in the registry`,
            advice: 'see the known models: assay chain models',
          },
        ];
  },
};
