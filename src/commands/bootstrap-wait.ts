import { measureBlockPace } from '../chain/block-pace.js';
import { readEpochs } from '../chain/epochs.js';
import { requireNodeUrl } from '../chain/node-url.js';
import { readParams, requireModelParams } from '../chain/params.js';
import { type Patience, patiently } from '../chain/patience.js';
import { readEventAt } from '../chain/pre-eligibility-event.js';
import { upcomingHeights } from '../chain/rules/heights.js';
import { waitForHeight } from '../chain/wait-for-height.js';
import { AssayError, UsageError } from '../errors.js';
import { startProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { chainOptions, modelOption } from './chain-options.js';
import { eventJson } from './chain-text.js';
import { defineCommand } from './command.js';

const TARGETS = ['snapshot', 'pre-eligible', 'poc-start', 'inference'] as const;
type Target = (typeof TARGETS)[number];

/** Exit code of an answer that is no. */
const NOT_PRE_ELIGIBLE = 3;

export const command = defineCommand({
  description:
    'Waits for the next step of a bootstrap, through errors and restarts of the node. Exit 0 when it is reached, 3 when the snapshot says no (evaluated, not pre-eligible), 1 otherwise.',
  options: {
    model: modelOption,
    until: {
      type: 'string',
      choices: TARGETS,
      demandOption: true,
      description: 'what to wait for; in the deploy window the snapshot has been reached already',
    },
    timeout: { type: 'number', description: 'seconds after which to give up; without it, never' },
    ...chainOptions,
  },
  examples: [
    [
      'assay bootstrap wait --model moonshotai/Kimi-K2.6 --until pre-eligible && ./switch-model.sh',
      'act only on a yes',
    ],
    [
      'assay bootstrap wait --model moonshotai/Kimi-K2.6 --until inference --timeout 7200',
      'at most two hours',
    ],
  ],
  async run({ model, until, timeout, node, json }, { terminal, signal }) {
    if (timeout !== undefined && !(timeout > 0 && timeout <= 2_000_000))
      throw new UsageError(`--timeout must be from 1 to 2000000 seconds, not ${timeout}`);
    const nodeUrl = requireNodeUrl(node);
    const deadline = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
    const patience: Patience = {
      signal: deadline === undefined ? signal : AbortSignal.any([signal, deadline]),
      onTrouble: (text) => terminal.say(text),
    };
    try {
      const { height, event } = await reach(until, model, nodeUrl, patience, terminal);
      const answer = event?.preEligible === false ? 'no' : 'reached';
      if (json)
        terminal.out(
          JSON.stringify({ until, answer, height, event: event ? eventJson(event) : null }, null, 2),
        );
      else terminal.out(answerText(until, model, height, event?.preEligible));
      return answer === 'no' ? NOT_PRE_ELIGIBLE : 0;
    } catch (error) {
      if (signal.aborted || !deadline?.aborted) throw error;
      throw new AssayError(`${until} was not reached within ${timeout} s`, {
        advice: 'the same command goes on waiting',
      });
    }
  },
});

async function reach(target: Target, model: string, nodeUrl: string, patience: Patience, terminal: Terminal) {
  const { signal } = patience;
  const options = { signal, retries: 0 };
  const [epochs, params, pace] = await patiently(
    () =>
      Promise.all([
        readEpochs(nodeUrl, options),
        readParams(nodeUrl, options),
        measureBlockPace(nodeUrl, options),
      ]),
    patience,
  );
  requireModelParams(params, model);
  const heights = upcomingHeights(epochs, params.delegation.deployWindow);
  const waitFor = (height: number) => waitWithProgress(nodeUrl, target, height, pace, patience, terminal);

  if (target === 'inference') {
    const height = epochs.phase === 'Inference' ? pace.height : await waitFor(epochs.stages.setNewValidators);
    return { height: await untilInference(nodeUrl, height, patience) };
  }
  if (target === 'poc-start') return { height: await waitFor(heights.pocStartHeight) };
  if (heights.snapshotHeight === null)
    throw new AssayError('the chain takes no snapshot: its deploy window is 0');
  const reached = await waitFor(heights.snapshotHeight);
  if (target === 'snapshot') return { height: reached };
  // The results of a block can be read once the next one is being made.
  for (const snapshotHeight = heights.snapshotHeight; ; ) {
    const answer = await patiently(() => readEventAt(nodeUrl, model, snapshotHeight, options), patience);
    if (answer.kind === 'event') return { height: answer.height, event: answer.event };
    if (answer.kind !== 'height_in_future')
      throw new AssayError(`block ${snapshotHeight} holds no event of ${model}`, {
        advice: 'a model that is active already gets none; `assay bootstrap status` tells',
      });
    await waitForHeight(nodeUrl, reached + 1, {
      ...patience,
      msPerBlock: pace.msPerBlock,
      onHeight: () => {},
    });
  }
}

async function waitWithProgress(
  nodeUrl: string,
  target: Target,
  height: number,
  { height: start, msPerBlock }: { height: number; msPerBlock: number },
  patience: Patience,
  terminal: Terminal,
): Promise<number> {
  if (height <= start) return start;
  const progress = startProgress(terminal, {
    label: `waiting for ${target} at ${height}`,
    total: height - start,
    unit: 'blocks',
  });
  try {
    return await waitForHeight(nodeUrl, height, {
      ...patience,
      msPerBlock,
      onHeight: (now) => progress.update(Math.max(0, Math.min(now, height) - start), `height ${now}`),
    });
  } finally {
    progress.stop();
  }
}

/** The phase itself, since heights of a stage are a plan. */
async function untilInference(nodeUrl: string, from: number, patience: Patience): Promise<number> {
  for (let height = from; ; ) {
    const { phase, blockHeight } = await patiently(
      () => readEpochs(nodeUrl, { signal: patience.signal, retries: 0 }),
      patience,
    );
    if (phase === 'Inference') return Math.max(height, blockHeight);
    height = await waitForHeight(nodeUrl, blockHeight + 1, {
      ...patience,
      msPerBlock: 1000,
      onHeight: () => {},
    });
  }
}

function answerText(target: Target, model: string, height: number, preEligible: boolean | undefined): string {
  if (preEligible === undefined) return `${target}: reached at height ${height}`;
  return `block ${height}: ${model} is ${preEligible ? '' : 'not '}pre-eligible`;
}
