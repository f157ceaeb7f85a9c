import { quoteForShell } from '../../text/shell.js';
import { type DoctorCheck, ofReachedNodes, unknown } from '../check.js';

/** The node serves the intended model. */
export const model: DoctorCheck = {
  name: 'model',
  title: 'the right model is loaded',
  whyItMatters: 'Vectors of another model do not match.',
  judge: (facts) =>
    ofReachedNodes(facts, ({ url, state, names, listedModels }) => {
      if (facts.model === null) return null;
      if ('unknown' in state) return unknown(state.unknown);
      const { state: service, loaded_model: loaded } = state.value;
      if (service !== 'INFERENCE')
        return {
          state: 'warn',
          text: `state ${service}: no model serves`,
          advice: 'assay deploy, or assay node switch',
        };
      if (loaded == null) return unknown('the node does not report its model; PoC decides');
      if (names.includes(loaded)) return { state: 'ok', text: loaded };
      if (listedModels.includes(loaded) && !listedModels.includes(facts.model)) {
        return {
          state: 'warn',
          text: `${loaded}, as the network node lists it; ${facts.model} is not switched to yet`,
          advice: 'assay node switch, or assay lifecycle run',
        };
      }
      return {
        state: 'warn',
        text: `the node says ${loaded}, which may be another name of ${facts.model}`,
        advice: `validate it: assay validate --mlnode-url ${url} --model ${facts.model} --served-as ${quoteForShell([loaded])}`,
      };
    }),
};
