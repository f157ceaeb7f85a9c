import { setTimeout as sleep } from 'node:timers/promises';
import { measureBlockPace } from '../chain/block-pace.js';
import { type Epochs, readEpochs } from '../chain/epochs.js';
import { readWireParams } from '../chain/params.js';
import { type Patience, patiently } from '../chain/patience.js';
import type { ReadOptions } from '../chain/read.js';
import { readChainVersion } from '../chain/rpc.js';
import { locateStage, type StagePlace } from '../chain/stage/locate.js';
import { readCommits, readDistributions, readStageSnapshot, readValidations } from '../chain/stage/read.js';
import { readStageRecord, type StageRecord } from '../chain/stage/record.js';
import { AssayError } from '../errors.js';

/** How to follow a stage. */
export interface StageWatch {
  patience: Patience;
  /** Waits for the PoC to start, and shows the progress. */
  waitFor(
    height: number,
    pace: { height: number; time: Date; msPerBlock: number; catchingUp: boolean },
  ): Promise<number>;
  /** The record of a stage that was followed before; null: there is none. */
  kept(place: StagePlace): Promise<StageRecord | null>;
  /** Called after each look, with all that is known so far. */
  onStep(record: StageRecord): Promise<void>;
}

const MIN_STEP_MS = 100;
const MAX_STEP_MS = 10_000;
/** Blocks between two looks during the votes, because that answer is large. */
const VOTE_STEP_BLOCKS = 2;

/**
 * Follows a PoC from its start to its outcome, through errors and restarts of the node. The record keeps what
 * the chain deletes: commits after the first third, and voting powers.
 *
 * @returns the record of the finished stage
 */
export async function watchStage(nodeUrl: string, watch: StageWatch): Promise<StageRecord> {
  const { patience } = watch;
  const options: ReadOptions = { signal: patience.signal, retries: 0 };
  const ask = <T>(read: () => Promise<T>) => patiently(read, patience);
  const [first, pace, version] = await ask(() =>
    Promise.all([
      readEpochs(nodeUrl, options),
      measureBlockPace(nodeUrl, options),
      readChainVersion(nodeUrl, options),
    ]),
  );
  let epochs = first;
  if (epochs.phase === 'Inference' && !epochs.isConfirmationPocActive) {
    const start = epochs.stages.nextPocStart;
    await watch.waitFor(start, pace);
    epochs = await untilEpoch(start, nodeUrl, epochs, options, watch);
  }
  const place = await ask(() => placeOf(nodeUrl, epochs, options));
  let record =
    (await watch.kept(place)) ?? (await ask(() => emptyRecord(nodeUrl, version, place, epochs, options)));
  const stepMs = Math.min(MAX_STEP_MS, Math.max(MIN_STEP_MS, pace.msPerBlock));
  let lastHeight = 0;
  while (!isOver(place, epochs)) {
    record = await ask(() => look(nodeUrl, record, epochs, lastHeight, options));
    await watch.onStep(record);
    lastHeight = epochs.blockHeight;
    const blocks = epochs.phase.startsWith('PoCValidate') ? VOTE_STEP_BLOCKS : 1;
    await sleep(stepMs * blocks, undefined, { signal: patience.signal });
    epochs = await ask(() => readEpochs(nodeUrl, options));
  }
  const { early, answers } = record;
  const last = await ask(() => readStageRecord(nodeUrl, { height: place.height }, options));
  const snapshot = last.answers.snapshot.snapshot ? last.answers.snapshot : answers.snapshot;
  const finished = { ...last, place, early, answers: { ...last.answers, snapshot } };
  await watch.onStep(finished);
  return finished;
}

/** The phase changes a block or two after its height. */
async function untilEpoch(
  start: number,
  nodeUrl: string,
  before: Epochs,
  options: ReadOptions,
  { patience }: StageWatch,
): Promise<Epochs> {
  for (;;) {
    const epochs = await patiently(() => readEpochs(nodeUrl, options), patience);
    if (epochs.epoch.pocStartHeight >= start || epochs.epoch.index > before.epoch.index) return epochs;
    await sleep(MIN_STEP_MS, undefined, { signal: patience.signal });
  }
}

/** @throws AssayError where a confirmation PoC runs and the node does not report its height */
async function placeOf(nodeUrl: string, epochs: Epochs, options: ReadOptions): Promise<StagePlace> {
  const { isConfirmationPocActive, confirmationTriggerHeight: height } = epochs;
  if (!isConfirmationPocActive) return await locateStage(nodeUrl, {}, epochs, options);
  if (height !== undefined) return await locateStage(nodeUrl, { height }, epochs, options);
  throw new AssayError('a confirmation PoC is active, and this node does not report its trigger height', {
    advice: 'ask another --node, or start again when it is over',
  });
}

async function emptyRecord(
  nodeUrl: string,
  version: string,
  place: StagePlace,
  epochs: Epochs,
  options: ReadOptions,
): Promise<StageRecord> {
  return {
    node: nodeUrl,
    version,
    taken_at: new Date().toISOString(),
    block_height: epochs.blockHeight,
    phase: epochs.phase,
    place,
    answers: {
      params: await readWireParams(nodeUrl, options),
      commits: {},
      distributions: {},
      validations: {},
      snapshot: { found: false },
      coefficients: null,
      group: null,
      model_groups: {},
    },
    early: null,
  };
}

/** One look: it asks only for what can change in this phase. */
async function look(
  nodeUrl: string,
  record: StageRecord,
  epochs: Epochs,
  lastHeight: number,
  options: ReadOptions,
): Promise<StageRecord> {
  const { place, answers } = record;
  const { height } = place;
  const isValidating = epochs.phase.startsWith('PoCValidate') || place.confirmation;
  const hasSnapshot = Boolean(answers.snapshot.snapshot);
  const [commits, distributions, validations, snapshot] = await Promise.all([
    readCommits(nodeUrl, height, options),
    isValidating ? readDistributions(nodeUrl, height, options) : answers.distributions,
    isValidating ? readValidations(nodeUrl, height, options) : answers.validations,
    isValidating && !hasSnapshot ? readStageSnapshot(nodeUrl, height, options) : answers.snapshot,
  ]);
  const target = firstThird(epochs);
  const sawBefore = lastHeight > 0 && lastHeight < target;
  const isMoment = epochs.blockHeight >= target && (sawBefore || epochs.blockHeight <= target + 1);
  const isGenerating = epochs.blockHeight <= epochs.stages.pocGenerationEnd && !place.confirmation;
  return {
    ...record,
    taken_at: new Date().toISOString(),
    block_height: epochs.blockHeight,
    phase: epochs.phase,
    answers: { ...answers, commits, distributions, validations, snapshot },
    early: record.early ?? (isMoment && isGenerating ? { height: epochs.blockHeight, commits } : null),
  };
}

/** The block at which the network's nodes look at the commits for the early-share guard. */
function firstThird({ stages }: Epochs): number {
  return stages.pocStart + Math.floor((stages.pocGenerationEnd - stages.pocStart) / 3);
}

function isOver({ confirmation, formedAtHeight }: StagePlace, epochs: Epochs): boolean {
  // The group of an epoch is written at the end of the block that forms it.
  return confirmation ? !epochs.isConfirmationPocActive : epochs.blockHeight > formedAtHeight;
}
