import { choiceText, readChoice, sameChoice } from '../../chain/choice.js';
import { patiently } from '../../chain/patience.js';
import { forgottenAtHeight, mustBeSentAgain } from '../../chain/rules/stored-choice.js';
import { wantedChoice } from '../host-file.js';
import { goOnOrStop, type LifecycleRun, patienceOf, readView } from '../lifecycle-run.js';
import { storeChoice } from '../store-choice.js';
import type { Act } from './act.js';

/** Stores the intent, delegation or refusal on the chain before the snapshot. */
export const store: Act<'store'> = {
  name: 'store',
  title: 'storing the choice on the chain',
  applies: () => true,

  async act(run, { snapshotHeight }) {
    const choice = wantedChoice(run.host);
    const { epochs, pace } = await readView(run);
    const stored = await readStored(run);
    if (pace.height >= snapshotHeight) {
      const missed = !sameChoice(stored, choice);
      if (missed)
        run.terminal.say(`the snapshot at ${snapshotHeight} has passed: ${choiceText(stored)} was stored`);
      return { choice, hash: null, height: null, missed };
    }
    if (mustBeSentAgain(choice, snapshotHeight, epochs)) {
      const forgottenAt = forgottenAtHeight(choice, epochs) as number;
      run.terminal.say(`the chain forgets ${choiceText(choice)} at ${forgottenAt}: it is sent after that`);
      await run.waitFor('the end of PoC validation', forgottenAt + 1, pace);
    }
    const { hash, height } = await storeChoice(run, choice);
    return { choice, hash, height, missed: false };
  },

  async verify(run, { snapshotHeight, results }) {
    const choice = wantedChoice(run.host);
    const { pace } = await readView(run);
    // A choice that is stored after the snapshot is a separate case.
    if (results.store?.missed || pace.height >= snapshotHeight) return;
    const stored = await readStored(run);
    if (sameChoice(stored, choice)) return;
    await goOnOrStop(
      run,
      `the chain has ${choiceText(stored)} for ${run.host.address} now, where this run had stored ${choiceText(choice)}`,
      `Store ${choiceText(choice)} again?`,
    );
    await storeChoice(run, choice);
  },
};

/** The choice that the chain has stored for the host. */
export function readStored(run: LifecycleRun) {
  const { host, nodeUrl, signal } = run;
  return patiently(
    () => readChoice(nodeUrl, host.address, host.model, { signal, retries: 0 }),
    patienceOf(run),
  );
}
