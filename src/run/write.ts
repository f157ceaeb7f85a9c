import { appendFileSync, closeSync, constants, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cleaned } from '../clean.js';
import { AssayError, messageOf, NotOfNode } from '../errors.js';
import { makeFolder, makeNewFolder } from '../files/make-folder.js';
import { folderName, safeModelName, timeStamp } from '../files/names.js';
import { keepFile, replaceFile } from '../files/write-whole.js';
import { LOCK_FILES, lockFolder } from '../journal/folder-lock.js';
import { accept } from '../schemas/accept.js';
import { jsonText } from '../text/json.js';
import { OBSERVATIONS_FILE, RUN_REPORT_FILE } from './files.js';
import type { Observation } from './observation.js';
import type { ValidateReport } from './report.js';

/** Appends to a file of the run's own folder: a link in its place is not followed. */
const APPEND_HERE = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;

/** Where a run's files are. */
export interface RunFiles {
  path: string;
  /** Writes one file whole. */
  write(name: string, text: string): void;
  /** The same. The file is on the disk when it returns. */
  keep(name: string, text: string): Promise<void>;
  /**
   * Appends measurements to `observations.jsonl`: a run must not ask a node for measurements that it cannot
   * keep.
   *
   * @throws AssayError when they cannot be written
   */
  observed(observations: Observation[]): void;
}

/** The default folder of a run that starts at `now`: `runs/<name>_<YYYY-MM-DD_HHMMSS>`. */
function defaultRunFolder(
  name: string | undefined,
  model: string,
  nodeId: string | undefined,
  now: Date,
): string {
  const of = nodeId === undefined ? '' : `_${folderName(nodeId)}`;
  const what =
    name === undefined ? `${folderName(`validate_${safeModelName(model)}`)}${of}` : folderName(name);
  return join('runs', `${what}_${timeStamp(now)}`);
}

/**
 * Makes the folder of a run that was given none.
 *
 * @returns its path, with a number behind it where another run began in the same second
 * @throws AssayError when it cannot be made
 */
export function makeDefaultRunFolder(...of: Parameters<typeof defaultRunFolder>): string {
  const path = defaultRunFolder(...of);
  return guard(path, () => makeNewFolder(path));
}

/**
 * Makes the folder of a new run, and locks it for this process before anything is written into it.
 *
 * @returns the folder, and the function that unlocks it
 * @throws AssayError when it holds another run's files, another process works on it, or it cannot be written
 */
export async function createRunFolder(path: string): Promise<{ folder: RunFiles; release(): Promise<void> }> {
  guard(path, () => makeFolder(path));
  requireEmpty(path);
  const release = await lockFolder(path);
  try {
    // Another process may have used it before it was locked.
    requireEmpty(path);
    return { folder: openRunFolder(path), release };
  } catch (error) {
    await release();
    throw error;
  }
}

function requireEmpty(path: string): void {
  if (guard(path, () => readdirSync(path)).every((name) => LOCK_FILES.includes(name))) return;
  throw new AssayError(`run folder ${path} is not empty`, {
    advice: 'give another --exp-dir; an older run is never overwritten',
  });
}

/** The folder of an existing run. */
export function openRunFolder(path: string): RunFiles {
  const file = join(path, OBSERVATIONS_FILE);
  return {
    path,
    write(name, text) {
      const target = join(path, name);
      guard(target, () => replaceFile(target, text));
    },
    async keep(name, text) {
      const target = join(path, name);
      await keepFile(target, text).catch((error: unknown) => {
        throw unwritable(target, error);
      });
    },
    observed(observations) {
      guard(file, () => {
        const opened = openSync(file, APPEND_HERE, 0o666);
        try {
          appendFileSync(opened, linesOf(observations));
        } finally {
          closeSync(opened);
        }
      });
    },
  };
}

/**
 * Writes the report of a run that has not ended. Reading it back would delay the next phase: only the report at
 * the end is checked.
 *
 * @throws AssayError when it cannot be written; the older report then stays
 */
export function writeReportJson(folder: RunFiles, report: ValidateReport): void {
  folder.write(RUN_REPORT_FILE, reportJson(report));
}

/**
 * Writes the report of a finished run, on the disk when it returns.
 *
 * @throws AssayError when it cannot be written, or could not be read back; the older report then stays
 */
export async function keepReportJson(folder: RunFiles, report: ValidateReport): Promise<void> {
  const { default: validateReport } = await import('../schemas/generated/validate-report.js');
  const text = reportJson(report);
  accept(validateReport, JSON.parse(text), `the report of ${folder.path} (a bug in assay)`);
  await folder.keep(RUN_REPORT_FILE, text);
}

function reportJson(report: ValidateReport): string {
  return `${jsonText(cleaned(report))}\n`;
}

/** Measurements as `observations.jsonl` holds them. */
export function linesOf(observations: Observation[]): string {
  return observations.map((observation) => `${JSON.stringify(observation)}\n`).join('');
}

function guard<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): AssayError {
  const code = (error as NodeJS.ErrnoException).code;
  const what = code === 'ENOSPC' ? 'the disk is full' : messageOf(error);
  return new NotOfNode(`cannot write ${path}: ${what}`, {
    advice:
      code === 'ENOSPC'
        ? 'free space on the disk, and continue with --resume'
        : 'give a writable folder with --exp-dir',
    cause: error,
  });
}
