import { appendFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';
import { folderName, safeModelName, timeStamp } from '../files/names.js';
import { LOCK_FILES, lockFolder } from '../journal/folder-lock.js';
import type { Observation } from './observation.js';
import type { ValidateReport } from './report.js';

/** Where a run's files are. */
export interface RunFolder {
  path: string;
  /** Writes one file whole: to a temporary name first, then renamed. */
  write(name: string, text: string): void;
  /**
   * Appends measurements to `observations.jsonl`: what cannot be kept is not worth asking a node for.
   *
   * @throws AssayError when they cannot be written
   */
  observed(observations: Observation[]): void;
}

/** The default folder of a run that starts at `now`: `runs/<name>_<YYYY-MM-DD_HHMMSS>`. */
export function defaultRunFolder(
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
 * Makes the folder of a new run, for this process alone: it is held before anything is written into it.
 *
 * @returns the folder, and what lets others have it
 * @throws AssayError when it holds another run's files, another process works on it, or it cannot be written
 */
export async function createRunFolder(
  path: string,
): Promise<{ folder: RunFolder; release(): Promise<void> }> {
  guard(path, () => makeFolder(path));
  requireEmpty(path);
  const release = await lockFolder(path);
  try {
    // Somebody may have come and gone before it was held.
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

/** The folder of a run that is there already. */
export function openRunFolder(path: string): RunFolder {
  const file = join(path, 'observations.jsonl');
  return {
    path,
    write(name, text) {
      const target = join(path, name);
      const temporary = `${target}.${process.pid}.tmp`;
      try {
        writeFileSync(temporary, text);
        renameSync(temporary, target);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw unwritable(target, error);
      }
    },
    observed(observations) {
      guard(file, () => appendFileSync(file, linesOf(observations)));
    },
  };
}

/** Writes the report as far as it has come. */
export function writeReportJson(folder: RunFolder, report: ValidateReport): void {
  folder.write('validate_report.json', `${JSON.stringify(report, null, 2)}\n`);
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
  return new AssayError(`cannot write ${path}: ${what}`, {
    advice:
      code === 'ENOSPC' ? 'make room, and go on with --resume' : 'give a writable folder with --exp-dir',
    cause: error,
  });
}
