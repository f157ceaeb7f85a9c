import { isAtLeast } from '../../models/facts.js';
import { type ChangeCheck, type ChangeFinding, ofEachModel, type WantedNode } from './check.js';

/** Versions that a model may need on a node. */
type Need = 'driver' | 'cuda' | 'mlnode';

const NAMES: Record<Need, string> = { driver: 'NVIDIA driver', cuda: 'CUDA', mlnode: 'MLNode' };

/** The NVIDIA driver that the model's build needs. */
export const driver = needOf('driver', 'driver', ({ versions }) => versions.driver);
/** The CUDA version of that driver. */
export const cuda = needOf('cuda', 'cuda', ({ versions }) => versions.cuda);
/** The ML node's own version: an older one would compute different vectors, or none. */
export const mlnodeVersion = needOf('mlnode-version', 'mlnode', ({ versions }) => versions.mlnode);

function needOf(name: string, need: Need, read: (wanted: WantedNode) => string | null): ChangeCheck {
  return {
    name,
    judge(facts) {
      return ofEachModel(facts, (_, model, wanted): ChangeFinding[] => {
        const least = facts.models[model]?.file?.needs?.[need];
        const has = read(wanted);
        if (least === undefined) return [{ state: 'ok', text: `no requirement is known for ${model}` }];
        const wants = `${model} needs ${NAMES[need]} ${least} or newer`;
        if (has === null) return [{ state: 'warn', text: `the node does not report it, and ${wants}` }];
        if (isAtLeast(has, least)) return [{ state: 'ok', text: `${has}, and ${least} is needed` }];
        return [
          {
            state: 'fail',
            text: `the node has ${has}, and ${wants}`,
            advice: `update the machine to ${NAMES[need]} ${least} first`,
          },
        ];
      });
    },
  };
}
