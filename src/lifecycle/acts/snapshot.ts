import { choiceText, sameChoice } from '../../chain/choice.js';
import { preEligibilityJson } from '../../chain/pre-eligibility-event.js';
import { readSnapshot } from '../../chain/reach.js';
import { wantedChoice } from '../host-file.js';
import { goOnOrStop, patienceOf, readView } from '../lifecycle-run.js';
import type { Act } from './act.js';
import { readStored } from './store.js';

/** Waits for the snapshot, through outages of the node, and records what it says about the model. */
export const snapshot: Act<'snapshot'> = {
  name: 'snapshot',
  title: 'waiting for the snapshot',
  applies: (_, { results }) => results.store?.missed !== true,

  async act(run, { snapshotHeight, pocStartHeight }) {
    const { host, nodeUrl, terminal } = run;
    const { pace } = await readView(run);
    const height = await run.waitFor('the snapshot', snapshotHeight, pace);
    const [choice, stored] = [wantedChoice(host), await readStored(run)];
    // Later the chain has deleted it, as expected.
    if (height < pocStartHeight && !sameChoice(stored, choice))
      await goOnOrStop(
        run,
        `the chain has ${choiceText(stored)} for ${host.address} after the snapshot, not ${choiceText(choice)}`,
        'Continue anyway?',
      );
    if (host.choice !== 'deploy') return { preEligible: null, event: null };
    const { event } = await readSnapshot(nodeUrl, host.model, snapshotHeight, patienceOf(run));
    terminal.say(
      event.preEligible
        ? `block ${snapshotHeight}: ${host.model} is pre-eligible`
        : `block ${snapshotHeight}: ${host.model} is not pre-eligible`,
    );
    return { preEligible: event.preEligible, event: preEligibilityJson(event) };
  },
};
