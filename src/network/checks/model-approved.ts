import { type ChangeCheck, type ChangeFinding, cannotTell, ofEachNode } from './check.js';

/** The broker drops a model that governance has not approved, and reports nothing. */
export const modelApproved: ChangeCheck = {
  name: 'model-approved',
  judge(facts) {
    const { approved } = facts;
    if ('unknown' in approved) return cannotTell(approved.unknown, 'give the network node with --node');
    const ids = approved.value.map((model) => model.id);
    return ofEachNode(facts, ({ node }) =>
      Object.keys(node.models).map((model): ChangeFinding => {
        if (ids.includes(model)) return { state: 'ok', text: `${model} is approved` };
        return {
          state: 'fail',
          text: `${model} is not approved by governance`,
          advice: `approved are ${ids.join(', ') || 'none'}`,
        };
      }),
    );
  },
};
