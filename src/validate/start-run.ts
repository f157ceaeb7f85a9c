import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { requestsUnderWay } from '../batches/plan.js';
import { canonicalGolden } from '../golden/canonical.js';
import type { GoldenReference } from '../golden/reference.js';
import { lockFolder } from '../journal/folder-lock.js';
import { OBSERVATIONS_FILE, RUN_CONFIG_FILE } from '../run/files.js';
import type { Observation } from '../run/observation.js';
import type { ValidationReport } from '../run/report.js';
import {
  createRunFolder,
  linesOf,
  makeDefaultRunFolder,
  openRunFolder,
  type RunFiles,
} from '../run/write.js';
import { jsonText } from '../text/json.js';
import { CHALLENGE_FILE, challengeFile } from './challenge.js';
import { type RunInputs, requestConfigOf, withVectors } from './inputs.js';
import { aboutMeasuring, measureAgain } from './measure-again.js';
import type { Observed } from './observed.js';
import { readUnfinishedRun, type UnfinishedRun, wholeBatches } from './resume.js';
import { questionOf, SECOND_FILE } from './second-reference.js';
import { type Asking, askTrustedNode, keptPath } from './trusted-node.js';

/** A run that has a folder, and is the only one in it. */
export interface StartedRun {
  /** With the vectors of the trusted node, in a challenge. */
  inputs: RunInputs;
  folder: RunFiles;
  /** The results of an earlier part of the run; empty for a new run. */
  before: Observed;
  /** Releases the folder for other processes. */
  release(): Promise<void>;
}

/**
 * The folder of a new run, with its resolved inputs in it, or the folder of an unfinished run. In a
 * challenge, the trusted node is asked here for the vectors that are not in the folder yet.
 *
 * @throws AssayError when the folder cannot be written, contains another run, or belongs to a run in
 *   progress; or when the trusted node gives no vectors
 */
export function startRun(inputs: RunInputs, asking: Asking): Promise<StartedRun> {
  return inputs.unfinished === null ? newRun(inputs, asking) : takeUpRun(inputs, inputs.unfinished, asking);
}

/** How the nonces are asked for, for a node with this number of replicas. */
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

async function newRun(inputs: RunInputs, asking: Asking): Promise<StartedRun> {
  const { options, config, startedAt } = inputs;
  const { expDir, expName, model, nodeId } = options;
  const path = expDir ?? makeDefaultRunFolder(expName, model, nodeId, new Date(startedAt));
  const { folder, release } = await createRunFolder(path);
  try {
    await keepConfig(folder, config);
    const complete = await withTrustedVectors(inputs, folder, asking);
    return { inputs: complete, folder, before: observedBefore(complete, []), release };
  } catch (error) {
    // If nothing is kept of the run, its folder is removed too.
    const isEmpty = !TRUSTED_FILES.some((name) => existsSync(keptPath(folder.path, name)));
    if (isEmpty) await rm(join(folder.path, RUN_CONFIG_FILE), { force: true });
    await release();
    if (isEmpty) await rmdir(folder.path).catch(() => {});
    throw error;
  }
}

/** Files with the vectors of a trusted node. */
const TRUSTED_FILES = [CHALLENGE_FILE, SECOND_FILE];

/** With only complete batches left in it. */
async function takeUpRun(
  inputs: RunInputs,
  { folder: path }: UnfinishedRun,
  asking: Asking,
): Promise<StartedRun> {
  const release = await lockFolder(path);
  try {
    // Read again: before we held the folder, another process may have finished the run.
    const unfinished = await readUnfinishedRun(path);
    const folder = openRunFolder(path);
    const complete = await withTrustedVectors({ ...inputs, unfinished }, folder, asking);
    const whole = await wholeBatches(path, inputs.plan.batches, inputs.nonces, inputs.coverage);
    const { observations, changed } = measureAgain(whole, complete.reference);
    await folder.keep(OBSERVATIONS_FILE, linesOf(observations));
    const before = observedBefore(complete, observations);
    const warnings = aboutMeasuring(changed, observations.length, null);
    return { inputs: complete, folder, before: { ...before, warnings }, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The vectors of a trusted node are in the folder before the node is asked for its own. */
async function withTrustedVectors(inputs: RunInputs, folder: RunFiles, asking: Asking): Promise<RunInputs> {
  const { challenge, options, reference, second } = inputs;
  const ask = async (trustedUrl: string, asked: GoldenReference, name: string) =>
    askTrustedNode({ trustedUrl, options, asked, name }, folder.path, asking);
  const keep = async (name: string, vectors: GoldenReference) => {
    await folder.keep(name, canonicalGolden(challengeFile(vectors)));
    await rm(keptPath(folder.path, name), { force: true });
  };
  if (challenge !== null && reference.artifacts.length === 0) {
    const vectors = await ask(challenge.trustedUrl, reference, CHALLENGE_FILE);
    const complete = await withVectors(inputs, vectors);
    await keepConfig(folder, complete.config);
    await keep(CHALLENGE_FILE, vectors);
    return complete;
  }
  if (second?.trustedUrl == null || second.source !== null) return inputs;
  const { trustedUrl, config } = second;
  const vectors = await ask(trustedUrl, questionOf(reference, trustedUrl), SECOND_FILE);
  await keep(SECOND_FILE, vectors);
  return { ...inputs, second: { ...second, source: { name: config.name, vectors } } };
}

function keepConfig(folder: RunFiles, config: RunInputs['config']): Promise<void> {
  return folder.keep(RUN_CONFIG_FILE, `${jsonText(config)}\n`);
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
    ownCheck: null,
    rotation: null,
    promised: inputs.options.expectReplicas ?? null,
    seconds: {},
    warnings: [],
    ending: null,
    durationSeconds: report?.duration_s ?? 0,
  };
}
