import { requireNodeUrl } from '../../chain/node-url.js';
import type { Patience } from '../../chain/patience.js';
import { reach, TARGETS, type Target } from '../../chain/reach.js';
import { AssayError } from '../../errors.js';
import { jsonText } from '../../text/json.js';
import { chainOptions, modelOption } from '../chain-options.js';
import { eventJson } from '../chain-text.js';
import { defineCommand } from '../command.js';
import { numberFlag } from '../flags.js';
import { waitWithProgress } from '../height-progress.js';

/** Exit code when the answer is no. */
const NOT_PRE_ELIGIBLE = 3;

export const command = defineCommand({
  description:
    'Waits for the next step of a bootstrap, also over errors and restarts of the node. Exit 0 when it is reached, 3 when the snapshot says no (evaluated, not pre-eligible), 1 otherwise.',
  options: {
    model: modelOption,
    until: {
      type: 'string',
      choices: TARGETS,
      demandOption: true,
      description: 'what to wait for; in the deploy window the snapshot is reached already',
    },
    timeout: numberFlag('timeout', 'seconds until it gives up (default: never)', {
      above: 0,
      max: 2_000_000,
    }),
    ...chainOptions,
  },
  examples: [
    [
      'assay bootstrap wait --model moonshotai/Kimi-K2.6 --until pre-eligible && ./switch-model.sh',
      'act only if the answer is yes',
    ],
    [
      'assay bootstrap wait --model moonshotai/Kimi-K2.6 --until inference --timeout 7200',
      'at most two hours',
    ],
  ],
  async run({ model, until, timeout, node, json }, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(node);
    const deadline = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
    const patience: Patience = {
      signal: deadline === undefined ? signal : AbortSignal.any([signal, deadline]),
      onTrouble: (text) => terminal.say(text),
    };
    try {
      const { height, event } = await reach(until, model, nodeUrl, patience, (target, pace) =>
        waitWithProgress(nodeUrl, until, target, pace, patience, terminal),
      );
      const answer = event?.preEligible === false ? 'no' : 'reached';
      if (json) terminal.out(jsonText({ until, answer, height, event: event ? eventJson(event) : null }));
      else terminal.out(answerText(until, model, height, event?.preEligible));
      return answer === 'no' ? NOT_PRE_ELIGIBLE : 0;
    } catch (error) {
      if (signal.aborted || !deadline?.aborted) throw error;
      throw new AssayError(`${until} was not reached within ${timeout} s`, {
        advice: 'run the same command again to keep waiting',
      });
    }
  },
});

function answerText(target: Target, model: string, height: number, preEligible: boolean | undefined): string {
  if (preEligible === undefined) return `${target}: reached at height ${height}`;
  return preEligible
    ? `block ${height}: ${model} is pre-eligible`
    : `block ${height}: ${model} is not pre-eligible`;
}
