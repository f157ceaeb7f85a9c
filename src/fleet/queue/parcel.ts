import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { AssayError, messageOf } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import { OBSERVATIONS_FILE, RUN_CONFIG_FILE, RUN_REPORT_FILE } from '../../run/files.js';
import type { ValidateReport } from '../../run/report.js';
import { openRunFolder } from '../../run/write.js';
import { CHALLENGE_FILE } from '../../validate/challenge.js';
import { SECOND_FILE } from '../../validate/second-reference.js';
import { writeReport } from '../../validate/write-report.js';

/**
 * The files of a run folder; the text report contains the folder's name, so it is written where the files
 * arrive.
 */
const RUN_FILES = [RUN_CONFIG_FILE, RUN_REPORT_FILE, OBSERVATIONS_FILE, CHALLENGE_FILE, SECOND_FILE];
/** A run of the largest reference on every replica needs a tenth of this. */
const MAX_BYTES = 256 * 1024 * 1024;
/** The same limit for the packed run, compressed and as text. */
export const MAX_PARCEL_LENGTH = MAX_BYTES / 2;

/** Packs a run's files for the queue: base64 of gzip of a JSON object from name to text. */
export async function packRun(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  // No links: their targets are not part of the run.
  const names = RUN_FILES.filter((name) => entries.some((entry) => entry.name === name && entry.isFile()));
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
  );
  return (await promisify(gzip)(JSON.stringify(Object.fromEntries(files)))).toString('base64');
}

/**
 * Unpacks a run into a folder, complete or not at all, in place of an unfinished one. Its report is the one
 * that `judged` returns.
 *
 * @param judged judges the run in a folder; it may refuse the run
 * @throws AssayError when the packed run is invalid, or is refused
 */
export async function unpackRun(
  parcel: unknown,
  folder: string,
  judged: (folder: string) => Promise<ValidateReport>,
): Promise<ValidateReport> {
  const temporary = `${folder}.arriving`;
  await rm(temporary, { recursive: true, force: true });
  makeFolder(temporary);
  try {
    for (const [name, text] of Object.entries(await filesOf(parcel))) {
      if (!RUN_FILES.includes(name) || typeof text !== 'string') {
        throw new AssayError(`a worker sent a file that no run has: ${JSON.stringify(name)}`);
      }
      await writeFile(join(temporary, name), text, { flag: 'wx' });
    }
    const report = await judged(temporary).catch((error: unknown) => {
      throw withoutFolder(error, temporary);
    });
    await writeReport({ ...openRunFolder(temporary), path: folder }, report);
    await rm(folder, { recursive: true, force: true });
    makeFolder(dirname(folder));
    await rename(temporary, folder);
    return report;
  } finally {
    if (existsSync(temporary)) await rm(temporary, { recursive: true, force: true });
  }
}

/** Errors of the reader name a temporary folder; they are changed to name the worker that sent the run. */
function withoutFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof AssayError) || !error.message.includes(folder)) return error;
  const what = error.message.replaceAll(`${folder}${sep}`, '').replaceAll(folder, 'the run');
  return new AssayError(`a worker sent what is no run (${what})`, {
    advice: 'see who else writes into the queue, and validate the node again',
    cause: error,
  });
}

async function filesOf(parcel: unknown): Promise<Record<string, unknown>> {
  try {
    if (typeof parcel !== 'string' || parcel.length > MAX_PARCEL_LENGTH)
      throw new Error('no text, or too long');
    const bytes = await promisify(gunzip)(Buffer.from(parcel, 'base64'), {
      maxOutputLength: MAX_BYTES,
    });
    const files: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof files !== 'object' || files === null) throw new Error('no files');
    return files as Record<string, unknown>;
  } catch (error) {
    throw new AssayError(`a worker sent what is no run (${messageOf(error)})`);
  }
}
