import type { DoctorCheck } from '../check.js';

/** The network node answers and follows the chain. */
export const networkNode: DoctorCheck = {
  name: 'network-node',
  title: 'network node follows the chain',
  whyItMatters: 'Phases and heights of a node that is behind are old.',
  judge({ chain }) {
    if (chain === null) return [];
    const { epochs, isBehind, url } = chain;
    if ('unknown' in epochs)
      return [
        {
          state: 'fail',
          text: epochs.unknown,
          advice: 'check the URL of --node, or take another public node',
        },
      ];
    if ('value' in isBehind && isBehind.value)
      return [{ state: 'fail', text: `${url} is catching up`, advice: 'wait, or take another --node' }];
    return [{ state: 'ok', text: `height ${epochs.value.blockHeight}, epoch ${epochs.value.epoch.index}` }];
  },
};
