import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { AssayError, messageOf } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import { readReportOf } from '../../run/read.js';
import type { ValidateReport } from '../../run/report.js';

/** The files that make a run folder; the report's text names the folder, and is written anew where it arrives. */
const RUN_FILE = /^(?:[a-z_]+\.json|observations\.jsonl)$/;
/** A run of the largest reference on every replica is a tenth of this. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Packs a run's files for the way through the queue: base64 of gzip of JSON, name to text. */
export async function packRun(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => RUN_FILE.test(name));
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
  );
  return (await promisify(gzip)(JSON.stringify(Object.fromEntries(files)))).toString('base64');
}

/**
 * Unpacks a run into a folder, whole or not at all, in place of an unfinished one.
 *
 * @throws AssayError when the parcel does not hold a run
 */
export async function unpackRun(parcel: unknown, folder: string): Promise<ValidateReport> {
  const temporary = `${folder}.arriving`;
  await rm(temporary, { recursive: true, force: true });
  makeFolder(temporary);
  try {
    for (const [name, text] of Object.entries(await filesOf(parcel))) {
      if (!RUN_FILE.test(name) || typeof text !== 'string') {
        throw new AssayError(`a worker sent a file that no run has: ${JSON.stringify(name)}`);
      }
      await writeFile(join(temporary, name), text);
    }
    const report = await readReportOf(temporary);
    await rm(folder, { recursive: true, force: true });
    makeFolder(dirname(folder));
    await rename(temporary, folder);
    return report;
  } finally {
    if (existsSync(temporary)) await rm(temporary, { recursive: true, force: true });
  }
}

async function filesOf(parcel: unknown): Promise<Record<string, unknown>> {
  try {
    const bytes = await promisify(gunzip)(Buffer.from(parcel as string, 'base64'), {
      maxOutputLength: MAX_BYTES,
    });
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new AssayError(`a worker sent what is no run (${messageOf(error)})`);
  }
}
