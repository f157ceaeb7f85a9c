import { drawDistance } from '../distances.js';
import { otherShape } from '../shapes.js';
import { atDistance, inputsKey } from '../vectors.js';
import type { Profile } from './profile.js';

/** A node with other weights than the model's own; its distances are those observed on such nodes. */
function otherWeights(name: string, summary: string): Profile {
  return {
    summary,
    weights: name,
    compute({ inputs, nonce, exact }) {
      const shape = otherShape(inputs.model, name);
      // A request for another model than the first one: distances of its other weights are not known.
      if (shape === null) return exact;
      const key = `${name} ${inputsKey(inputs)}`;
      return atDistance(exact, drawDistance(shape, key, nonce), `${key} ${nonce}`);
    },
  };
}

export const int4 = otherWeights('int4', 'int4 weights of Qwen3-235B, the model with known int4 distances');
export const awqInt4 = otherWeights('awq-int4', 'AWQ int4 weights of MiniMax-M2.7: distances 0.77 ± 0.27');
export const nvfp4 = otherWeights('nvfp4', 'NVFP4 weights of GLM-5.3-Flash or DeepSeek-V4-Flash-0731');
