import { AssayError } from '../errors.js';
import { type BlockPace, measureBlockPace } from './block-pace.js';
import { readEpochs } from './epochs.js';
import { readParams, requireModelParams } from './params.js';
import { type Patience, patiently } from './patience.js';
import { type PreEligibilityEvent, readEventAt } from './pre-eligibility-event.js';
import { upcomingHeights } from './rules/heights.js';
import { waitForHeight } from './wait-for-height.js';

export const TARGETS = ['snapshot', 'pre-eligible', 'poc-start', 'inference'] as const;
export type Target = (typeof TARGETS)[number];

/** Waits for a height and shows the progress; returns the height that was seen. */
export type WaitFor = (height: number, pace: BlockPace) => Promise<number>;

/** What was reached; with the snapshot's event where that was asked for. */
export interface Reached {
  height: number;
  event?: PreEligibilityEvent;
}

/** Waits for the next step of a model's bootstrap, through errors and restarts of the node. */
export async function reach(
  target: Target,
  model: string,
  nodeUrl: string,
  patience: Patience,
  waitFor: WaitFor,
): Promise<Reached> {
  const options = { signal: patience.signal, retries: 0 };
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
  const { snapshotHeight, pocStartHeight } = upcomingHeights(epochs, params.delegation.deployWindow);
  if (target === 'inference') {
    const height =
      epochs.phase === 'Inference' ? pace.height : await waitFor(epochs.stages.setNewValidators, pace);
    return { height: await untilInference(nodeUrl, height, patience) };
  }
  if (target === 'poc-start') return { height: await waitFor(pocStartHeight, pace) };
  if (snapshotHeight === null) throw new AssayError('the chain takes no snapshot: its deploy window is 0');
  const height = await waitFor(snapshotHeight, pace);
  return target === 'snapshot' ? { height } : await readSnapshot(nodeUrl, model, snapshotHeight, patience);
}

/** The answer of a snapshot whose block exists. */
export async function readSnapshot(
  nodeUrl: string,
  model: string,
  snapshotHeight: number,
  patience: Patience,
): Promise<Required<Reached>> {
  for (;;) {
    const answer = await patiently(
      () => readEventAt(nodeUrl, model, snapshotHeight, { signal: patience.signal, retries: 0 }),
      patience,
    );
    if (answer.kind === 'event') return answer;
    if (answer.kind === 'height_pruned')
      throw new AssayError(`the node has no block ${snapshotHeight} any more: ${answer.says}`, {
        advice: 'ask a node that keeps more blocks',
      });
    if (answer.kind !== 'height_in_future')
      throw new AssayError(`block ${snapshotHeight} holds no event of ${model}`, {
        advice: 'an active model gets none; see `assay bootstrap status`',
      });
    // The node returns the results of a block only after it has begun to make the next one.
    await waitForHeight(nodeUrl, snapshotHeight + 1, { ...patience, msPerBlock: 0, onHeight: () => {} });
  }
}

/** Reads the phase itself, because the heights of a stage are only planned. */
export async function untilInference(nodeUrl: string, from: number, patience: Patience): Promise<number> {
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
