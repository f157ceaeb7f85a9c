import { readEpochs } from '../../chain/epochs.js';
import { serversOf } from '../../chain/host.js';
import { patiently } from '../../chain/patience.js';
import { untilInference } from '../../chain/reach.js';
import { epochLimit } from '../host-file.js';
import { patienceOf, readView } from '../lifecycle-run.js';
import { haveAllFailed } from '../outcome.js';
import type { Act } from './act.js';

/** Whether the PoC makes the model eligible, where the file wants to continue until it is. */
export const poc: Act<'poc'> = {
  name: 'poc',
  title: 'waiting for PoC',
  applies: (host, round) =>
    epochLimit(host) > 1 && round.results.store?.missed !== true && !haveAllFailed(round),

  async act(run, { epoch, pocStartHeight }) {
    const { host, nodeUrl, signal } = run;
    const { pace } = await readView(run);
    await run.waitFor('PoC start', pocStartHeight, pace);
    const epochs = await patiently(() => readEpochs(nodeUrl, { signal, retries: 0 }), patienceOf(run));
    if (epochs.epoch.index === epoch && epochs.phase !== 'Inference')
      await run.waitFor('the end of PoC', epochs.stages.setNewValidators, pace);
    await untilInference(nodeUrl, pocStartHeight, patienceOf(run));
    const { participants } = await readView(run);
    const eligible = serversOf(host.model, participants).length > 0;
    run.terminal.say(
      eligible
        ? `epoch ${epoch}: ${host.model} is eligible`
        : `epoch ${epoch}: ${host.model} is not eligible`,
    );
    return { eligible };
  },
};
