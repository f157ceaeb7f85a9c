import { reasoningParser as parserFor } from '../../models/facts.js';
import { argValue } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, ofEachModel } from './check.js';

/**
 * The name of a model's parser changes with vLLM. The start fails with a name that the node's build does not
 * know.
 */
export const reasoningParser: ChangeCheck = {
  name: 'reasoning-parser',
  judge(facts) {
    return ofEachModel(facts, ({ args }, model, { versions }): ChangeFinding[] => {
      const given = argValue(args, '--reasoning-parser');
      const file = facts.models[model]?.file;
      if (given === undefined) return [{ state: 'ok', text: 'none is asked for' }];
      if (given === true)
        return [
          { state: 'fail', text: '--reasoning-parser has no value', advice: 'name one, or leave it out' },
        ];
      if (!file?.needs?.reasoning_parser?.length)
        return [{ state: 'ok', text: `${given}; no rule is known for ${model}` }];
      if (versions.vllm === null)
        return [
          { state: 'warn', text: `${given}; the node does not report its vLLM version, which decides` },
        ];
      const wanted = parserFor(file, versions.vllm);
      if (wanted === null || wanted === given)
        return [{ state: 'ok', text: `${given} on vLLM ${versions.vllm}` }];
      return [
        {
          state: 'fail',
          text: `${given}, and vLLM ${versions.vllm} of the node wants ${wanted} for ${model}`,
          advice: `set --reasoning-parser ${wanted}`,
        },
      ];
    });
  },
};
