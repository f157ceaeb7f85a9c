import { engineBatch } from '../../models/facts.js';
import { argValue } from '../../network/serve-args.js';
import { type DoctorCheck, ofReachedNodes, unknown } from '../check.js';

/** Length of the nonces of every model so far (prefill), in tokens. */
const SEQ_LEN = 1024;

/** The engine's PoC batch fits its token budget. */
export const batchedTokens: DoctorCheck = {
  name: 'batched-tokens',
  title: 'the PoC batch fits',
  whyItMatters:
    'With PoC batch × seq_len above --max-num-batched-tokens the engine gives no nonces, or dies.',
  judge: (facts) =>
    ofReachedNodes(facts, ({ args, gpus }) => {
      if (args === null || facts.known === null) return null;
      const classes = 'value' in gpus ? gpus.value?.classes : undefined;
      const batch = engineBatch(facts.known, classes?.[0]);
      const budget = Number(argValue(args, '--max-num-batched-tokens'));
      if (batch === null) return unknown("the model file has no PoC batch for this node's GPUs");
      if (!Number.isFinite(budget)) return null;
      const needed = batch * SEQ_LEN;
      const text = `batch ${batch} × ${SEQ_LEN} tokens, of ${budget}`;
      return needed <= budget
        ? { state: 'ok', text }
        : {
            state: 'fail',
            text,
            advice: `raise --max-num-batched-tokens to ${needed}, or lower POC_BATCH_SIZE_DEFAULT`,
          };
    }),
};
