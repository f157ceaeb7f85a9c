import { largest } from '../../extremes.js';
import { engineBatch } from '../../models/facts.js';
import { argValue } from '../serve-args.js';
import {
  type ChangeCheck,
  type ChangeFacts,
  type ChangeFinding,
  ofEachModel,
  type WantedNode,
} from './check.js';

const FLAG = '--max-num-batched-tokens';

/** A PoC batch must fit into one step of the engine: a larger one gives no nonces, or ends the engine. */
export const batchedTokens: ChangeCheck = {
  name: 'batched-tokens',
  judge(facts) {
    return ofEachModel(facts, ({ args }, model, wanted) => [judgeBatch(args, model, wanted, facts)]);
  },
};

function judgeBatch(
  args: string[],
  model: string,
  { gpuClasses, pocBatch }: WantedNode,
  facts: ChangeFacts,
): ChangeFinding {
  const given = argValue(args, FLAG);
  if (given === undefined)
    return {
      state: 'warn',
      text: `${FLAG} is not given: it is not known whether the PoC batch fits`,
    };
  const limit = Number(given);
  if (given === true || !(Number.isInteger(limit) && limit > 0))
    return {
      state: 'fail',
      text: `${FLAG} ${given === true ? 'has no value' : `${given} is no number of tokens`}`,
      advice: `write it as two tokens: "${FLAG}", "32768"`,
    };
  const known = facts.models[model];
  const batch = pocBatch ?? batchOf(known?.file ?? null, gpuClasses);
  if (batch === null)
    return {
      state: 'warn',
      text: `the node's PoC batch is not known for ${model}`,
      advice: "give it with --poc-batch, the node's POC_BATCH_SIZE_DEFAULT",
    };
  if (known?.seqLen == null)
    return { state: 'warn', text: `the sequence length of PoC is not known for ${model}` };
  const tokens = batch * known.seqLen;
  const product = `${batch} × ${known.seqLen} = ${tokens}`;
  if (tokens <= limit) return { state: 'ok', text: `a PoC batch of ${product} tokens fits ${limit}` };
  return {
    state: 'fail',
    text: `a PoC batch of ${product} tokens is over ${FLAG} ${limit}: the engine would give no nonces, or stop`,
    advice: `set ${FLAG} to ${tokens} or more, or lower the node's POC_BATCH_SIZE_DEFAULT and give it with --poc-batch`,
  };
}

/** The largest batch among the node's GPU classes. */
function batchOf(file: Parameters<typeof engineBatch>[0] | null, classes: string[]): number | null {
  if (file === null) return null;
  const all = (classes.length > 0 ? classes : [undefined]).flatMap((gpu) => engineBatch(file, gpu) ?? []);
  return all.length > 0 ? largest(all) : null;
}
