import { AssayError } from '../../errors.js';
import { type Epochs, readEpochs } from '../epochs.js';
import { paramsOf, readWireParams, type WireParams } from '../params.js';
import { isPruned, type ReadOptions } from '../read.js';
import { readChainVersion } from '../rpc.js';
import { locateStage, type StagePlace, type StageRequest } from './locate.js';
import {
  readCoefficients,
  readCommits,
  readDistributions,
  readEpochGroup,
  readStageSnapshot,
  readValidations,
} from './read.js';
import type {
  WireCoefficients,
  WireCommits,
  WireDistributions,
  WireEpochGroup,
  WireSnapshot,
  WireValidations,
} from './wire.js';

/**
 * All answers of a chain about one stage, unchanged: `poc outcome` judges them and `poc watch` stores them.
 */
export interface StageRecord {
  node: string;
  /** Empty where the node does not report it. */
  version: string;
  /** The time of reading. */
  taken_at: string;
  block_height: number;
  phase: string;
  place: StagePlace;
  answers: {
    params: WireParams;
    commits: WireCommits;
    distributions: WireDistributions;
    validations: WireValidations;
    snapshot: WireSnapshot;
    /** Null: the chain has none. */
    coefficients: WireCoefficients | null;
    /** The epoch's group; null: not formed yet, or deleted. */
    group: WireEpochGroup | null;
    /** By model. */
    model_groups: Record<string, WireEpochGroup | null>;
  };
  /** Commits after the first third of the generation, which the chain does not keep; null: not seen. */
  early: { height: number; commits: WireCommits } | null;
}

/** Reads a stage, with one request for each query. */
export async function readStageRecord(
  nodeUrl: string,
  request: StageRequest & { atHeight?: number | undefined },
  options: ReadOptions,
): Promise<StageRecord> {
  const [epochs, version] = await Promise.all([
    readEpochs(nodeUrl, options),
    readChainVersion(nodeUrl, options),
  ]);
  const place = await locateStage(nodeUrl, request, epochs, options);
  const then = request.atHeight === undefined ? options : { ...options, atHeight: request.atHeight };
  const answers = await readAnswers(nodeUrl, place, epochs, options, then).catch((error: unknown) => {
    if (!isPruned(error)) throw error;
    throw new AssayError(
      request.atHeight === undefined
        ? `this node no longer has the chain's answers about this stage: ${error.detail}`
        : `this node no longer has the chain's state at height ${request.atHeight}: ${error.detail}`,
      { advice: 'ask an archive node with --node, or give an --at-height that it still has' },
    );
  });
  return {
    node: nodeUrl,
    version,
    taken_at: new Date().toISOString(),
    block_height: epochs.blockHeight,
    phase: epochs.phase,
    place,
    answers,
    early: null,
  };
}

async function readAnswers(
  nodeUrl: string,
  place: StagePlace,
  epochs: Epochs,
  now: ReadOptions,
  then: ReadOptions,
): Promise<StageRecord['answers']> {
  const { height, epoch } = place;
  // The epoch's group is formed after its PoC. It is read at the newest block, whatever height the stage is
  // read at.
  const isFormed = epochs.blockHeight >= place.formedAtHeight;
  const [params, commits, distributions, validations, snapshot, coefficients, group] = await Promise.all([
    readWireParams(nodeUrl, then),
    readCommits(nodeUrl, height, then),
    readDistributions(nodeUrl, height, then),
    readValidations(nodeUrl, height, then),
    readStageSnapshot(nodeUrl, height, then),
    readCoefficients(nodeUrl, epoch, now),
    isFormed ? readEpochGroup(nodeUrl, epoch, undefined, now) : null,
  ]);
  const models = group === null ? [] : modelsOf(params, commits, group);
  const groups = await Promise.all(
    models.map(async (model) => [model, await readEpochGroup(nodeUrl, epoch, model, now)] as const),
  );
  return {
    params,
    commits,
    distributions,
    validations,
    snapshot,
    coefficients,
    group,
    model_groups: Object.fromEntries(groups),
  };
}

/**
 * Models in which a host can have a weight: those of the epoch's group, else those of the parameters and
 * commits.
 */
function modelsOf(params: WireParams, commits: WireCommits, group: WireEpochGroup): string[] {
  const inGroup = group.epoch_group_data.sub_group_models ?? [];
  const known = [
    ...paramsOf(params).models.map(({ modelId }) => modelId),
    ...(commits.commits ?? []).flatMap(({ model_id }) => model_id ?? []),
  ];
  return [...new Set(inGroup.length > 0 ? inGroup : known)];
}
