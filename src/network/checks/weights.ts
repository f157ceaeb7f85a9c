import { type Check, cannotTell, type Finding, goesByListing, ofEachNode } from './check.js';

/** Hundreds of gigabytes that are still to be fetched do not fit into a window of minutes. */
export const weights: Check = {
  name: 'weights',
  judge(facts) {
    return ofEachNode(facts, ({ weights, reachAdvice }) => {
      if ('unknown' in weights) {
        if (!goesByListing(facts, weights)) return [cannotTell(weights.unknown, reachAdvice)];
        return [{ state: 'warn', text: 'not known: this machine has no way to the node' }];
      }
      return Object.entries(weights.value).map(([model, status]) => judgeStatus(model, status));
    });
  },
};

function judgeStatus(model: string, status: string | null): Finding {
  if (status === 'DOWNLOADED') return { state: 'ok', text: `${model} is downloaded` };
  if (status === null) return { state: 'warn', text: `the node is too old to tell of ${model}` };
  return {
    state: 'fail',
    text: `${model} is ${status} on the node`,
    advice:
      status === 'PARTIAL'
        ? 'download it first; an offline node with whole weights says PARTIAL as well'
        : 'download it first, as `assay validate` does',
  };
}
