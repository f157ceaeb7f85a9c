import { commitText } from '../names.js';
import {
  type ChangeCheck,
  type ChangeFinding,
  cannotTell,
  goesByListing,
  ofEachNode,
  type WantedWeights,
} from './check.js';

/** Hundreds of gigabytes cannot be downloaded in a window of minutes. */
export const weights: ChangeCheck = {
  name: 'weights',
  judge(facts) {
    return ofEachNode(facts, ({ weights, reachAdvice }) => {
      if ('unknown' in weights) {
        if (!goesByListing(facts, weights)) return [cannotTell(weights.unknown, reachAdvice)];
        return [{ state: 'warn', text: 'not known: this machine does not reach the node' }];
      }
      return Object.entries(weights.value).map(([model, wanted]) => judgeStatus(model, wanted));
    });
  },
};

function judgeStatus(model: string, { status, weights }: WantedWeights): ChangeFinding {
  const what = `${weights.repository} (${commitText(weights)})`;
  if (status === 'DOWNLOADED') return { state: 'ok', text: `${what} is downloaded` };
  if (status === null) return { state: 'warn', text: `the node's version does not report ${model}` };
  return {
    state: 'fail',
    text: `${what} is ${status} on the node`,
    advice:
      status === 'PARTIAL'
        ? 'download it first; an offline node reports PARTIAL for complete weights too'
        : 'download it first, as `assay validate` does',
  };
}
