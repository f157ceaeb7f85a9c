import { findNode } from '../apply.js';
import { epochModels } from '../epoch-model.js';
import { type ChangeCheck, type ChangeFinding, ofEachNode } from './check.js';

/** A node of the running epoch keeps serving the epoch's model, even after its config changes. */
export const epochModel: ChangeCheck = {
  name: 'epoch-model',
  judge(facts) {
    const servesNow = facts.change === 'deploy' || facts.change === 'switch';
    return ofEachNode(facts, ({ node }): ChangeFinding[] => {
      const models = epochModels(findNode(facts.listed, node.id));
      if (models.length === 0) return [{ state: 'ok', text: 'takes no part in the running epoch' }];
      const names = models.join(', ');
      if (models.every((model) => node.models[model] !== undefined)) {
        return [{ state: 'ok', text: `serves ${names} in the running epoch` }];
      }
      return [
        {
          state: servesNow ? 'fail' : 'warn',
          text: `the network node keeps serving ${names} under this id until the epoch ends`,
          advice: 'use a new id to serve it now, or wait for the next epoch',
        },
      ];
    });
  },
};
