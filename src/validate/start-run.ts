import { canonicalGolden } from '../golden/canonical.js';
import type { GoldenReference } from '../golden/reference.js';
import { lockFolder } from '../journal/folder-lock.js';
import { newReport } from '../run/new-report.js';
import type { Observation } from '../run/observation.js';
import type { ValidateConfig, ValidateReport } from '../run/report.js';
import { createRunFolder, defaultRunFolder, linesOf, openRunFolder, type RunFolder } from '../run/write.js';
import { CHALLENGE_FILE, challengeFile } from './challenge.js';
import { planOf } from './inputs.js';
import type { ValidateOptions } from './options.js';
import { requireSameRun, type UnfinishedRun, wholeBatches } from './resume.js';

/** A run that has a folder, and is the only one in it. */
export interface StartedRun {
  folder: RunFolder;
  /** What an earlier part of the run has measured, in whole batches. */
  observations: Observation[];
  report: ValidateReport;
  /** Lets others into the folder. */
  release(): Promise<void>;
}

/** The folder of a new run, with its resolved inputs in it. */
export async function startRun(
  options: ValidateOptions,
  config: ValidateConfig,
  reference: GoldenReference,
): Promise<StartedRun> {
  const started = new Date();
  const path = options.expDir ?? defaultRunFolder(options.expName, options.model, options.nodeId, started);
  const folder = createRunFolder(path);
  folder.write('validate_config.json', `${JSON.stringify(config, null, 2)}\n`);
  if (config.challenge !== undefined) folder.write(CHALLENGE_FILE, canonicalGolden(challengeFile(reference)));
  const release = await lockFolder(path);
  return { folder, observations: [], report: newReport(config, started.toISOString()), release };
}

/**
 * The folder of an unfinished run, with nothing but whole batches left in it.
 *
 * @throws AssayError when the run goes on, or was made with other inputs
 */
export async function takeUpRun(
  path: string,
  { config, report }: UnfinishedRun,
  now: ValidateConfig,
  options: ValidateOptions,
  reference: GoldenReference,
): Promise<StartedRun> {
  requireSameRun(path, config, now);
  const folder = openRunFolder(path);
  const release = await lockFolder(path);
  try {
    const { batches } = planOf({ options, reference });
    const observations = await wholeBatches(path, batches, reference.nonces);
    folder.write('observations.jsonl', linesOf(observations));
    return {
      folder,
      observations,
      report: {
        ...newReport({ ...config, options: now.options }, report?.timestamp ?? new Date().toISOString()),
        duration_s: report?.duration_s ?? 0,
        throughput: report?.throughput ?? null,
      },
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
