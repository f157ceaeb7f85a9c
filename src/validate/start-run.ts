import { requestsUnderWay } from '../batches/plan.js';
import { canonicalGolden } from '../golden/canonical.js';
import { lockFolder } from '../journal/folder-lock.js';
import type { Observation } from '../run/observation.js';
import type { ValidationReport } from '../run/report.js';
import { createRunFolder, defaultRunFolder, linesOf, openRunFolder, type RunFiles } from '../run/write.js';
import { CHALLENGE_FILE, challengeFile } from './challenge.js';
import { type RunInputs, requestConfigOf } from './inputs.js';
import { aboutMeasuring, measureAgain } from './measure-again.js';
import type { Observed } from './observed.js';
import { readUnfinishedRun, type UnfinishedRun, wholeBatches } from './resume.js';

/** A run that has a folder, and is the only one in it. */
export interface StartedRun {
  folder: RunFiles;
  /** What an earlier part of the run has seen; nothing for a new run. */
  before: Observed;
  /** Lets others into the folder. */
  release(): Promise<void>;
}

/**
 * The folder of a new run, with its resolved inputs in it, or that of an unfinished one.
 *
 * @throws AssayError when the folder cannot be written, holds another run, or belongs to a run that goes on
 */
export function startRun(inputs: RunInputs): Promise<StartedRun> {
  return inputs.unfinished === null ? newRun(inputs) : takeUpRun(inputs, inputs.unfinished);
}

/** How the nonces are asked for, of a node with so many replicas. */
export function requestOf(
  { options, reference, nonces }: Pick<RunInputs, 'options' | 'reference' | 'nonces'>,
  replicas: number,
): ValidationReport['request'] {
  const request = requestConfigOf(options, reference.file);
  return {
    n_total: nonces.length * (request.coverage === 'every-replica' ? replicas : 1),
    ...request,
    concurrency: requestsUnderWay(request.probe, replicas, 0),
  };
}

async function newRun(inputs: RunInputs): Promise<StartedRun> {
  const { options, config, reference, startedAt } = inputs;
  const { expDir, expName, model, nodeId } = options;
  const path = expDir ?? defaultRunFolder(expName, model, nodeId, new Date(startedAt));
  const { folder, release } = await createRunFolder(path);
  try {
    await folder.keep('validate_config.json', `${JSON.stringify(config, null, 2)}\n`);
    if (config.challenge !== undefined)
      folder.write(CHALLENGE_FILE, canonicalGolden(challengeFile(reference)));
    return { folder, before: observedBefore(inputs, []), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** With nothing but whole batches left in it. */
async function takeUpRun(inputs: RunInputs, { folder: path }: UnfinishedRun): Promise<StartedRun> {
  const release = await lockFolder(path);
  try {
    // Read again: until it was held, another process may have brought it to its end.
    const unfinished = await readUnfinishedRun(path);
    const folder = openRunFolder(path);
    const whole = await wholeBatches(path, inputs.plan.batches, inputs.nonces, inputs.coverage);
    const { observations, changed } = measureAgain(whole, inputs.reference);
    await folder.keep('observations.jsonl', linesOf(observations));
    const before = observedBefore({ ...inputs, unfinished }, observations);
    const warnings = aboutMeasuring(changed, observations.length, null);
    return { folder, before: { ...before, warnings }, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** What is known before the first phase of this part of the run. */
export function observedBefore(inputs: RunInputs, observations: Observation[]): Observed {
  const report = inputs.unfinished?.report;
  return {
    phases: { preflight: null, download: null, deploy: null, throughput: report?.throughput ?? null },
    request: requestOf(inputs, 0),
    observations,
    unansweredNonces: inputs.nonces,
    lostReason: null,
    isProbeLate: false,
    selfCheck: null,
    engineCheck: null,
    rotation: null,
    promised: inputs.options.expectReplicas ?? null,
    seconds: {},
    warnings: [],
    ending: null,
    durationSeconds: report?.duration_s ?? 0,
  };
}
