import { type ChangeCheck, type ChangeFacts, type ChangeFinding, ofEachNode } from './check.js';

/** `add` must not change an existing node by mistake, and `update` must not create one. */
export const id: ChangeCheck = {
  name: 'id',
  judge(facts) {
    const known = new Set(facts.listed.map(({ node }) => node.id));
    return ofEachNode(facts, ({ node }) => [judgeId(facts.change, known.has(node.id))]);
  },
};

function judgeId(change: ChangeFacts['change'], isKnown: boolean): ChangeFinding {
  if (change === 'add' && isKnown) {
    return {
      state: 'fail',
      text: 'known already, with other settings',
      advice: 'use `assay node update` to change it',
    };
  }
  if ((change === 'update' || change === 'switch') && !isKnown) {
    return {
      state: 'fail',
      text: 'not known to the network node',
      advice: 'use `assay node add` to register it',
    };
  }
  return { state: 'ok', text: isKnown ? 'known' : 'new' };
}
