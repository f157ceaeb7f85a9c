import { counted } from '../../text/figures.js';
import { gpusPerReplica } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, ofEachModel } from './check.js';

/** A replica with fewer GPUs than in every known config runs out of memory while it loads. */
export const replicaSize: ChangeCheck = {
  name: 'replica-size',
  judge(facts) {
    return ofEachModel(facts, ({ args }, model, { gpuClasses }): ChangeFinding[] => {
      const published = facts.models[model]?.published ?? [];
      const same = published.filter(({ gpu }) => gpuClasses.includes(gpu));
      const compared = same.length > 0 ? same : published;
      const own = gpusPerReplica(args);
      if (compared.length === 0)
        return [
          {
            state: 'warn',
            text: `${counted(own, 'GPU')} a replica; no config of ${model} is known for comparison`,
          },
        ];
      const least = compared.reduce((a, b) => (b.gpusPerReplica < a.gpusPerReplica ? b : a));
      const where = `the known config of ${model} on ${least.gpu} takes ${least.gpusPerReplica}`;
      if (own >= least.gpusPerReplica) return [{ state: 'ok', text: `${counted(own, 'GPU')} a replica` }];
      return [
        {
          state: own === 1 ? 'fail' : 'warn',
          text: `${own} GPU${own === 1 ? '' : 's'} a replica, and ${where}`,
          advice: `set --tensor-parallel-size ${least.gpusPerReplica}, unless the weights fit fewer GPUs`,
        },
      ];
    });
  },
};
