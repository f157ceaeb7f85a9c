import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { AssayError } from '../errors.js';
import { isSpecial, isTaken } from '../files/write-whole.js';
import { type Journal, openJournal } from '../journal/journal.js';
import type { PocParams } from '../mlnode/answers.js';
import { accept } from '../schemas/accept.js';
import validateEntry from '../schemas/generated/recording-entry.js';
import type { Kept } from '../schemes/scheme.js';

/** What a recording is of. Two recordings that differ in it cannot be combined. */
export interface RecordingPlan {
  params: PocParams;
  nonces: number[];
  batchSize: number;
}

type Entry =
  | { kind: 'plan'; sha256: string }
  | { kind: 'batch'; round: number; vectors: [nonce: number, vector: Kept][]; replica?: number };

/** The vectors received so far; each batch is on disk before the next one counts. */
export interface PartialRecording {
  path: string;
  /** By nonce, of one run of all nonces; the first is 0. */
  vectorsOf(round: number): Map<number, Kept>;
  /** The port of the replica that computed each nonce of one run, where the node gives it. */
  replicasOf(round: number): Map<number, number>;
  add(round: number, vectors: [nonce: number, vector: Kept][], replica: number | null): Promise<void>;
  /** Without a vector in it, it is removed as well: there is nothing to go on with. */
  close(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Where the vectors of a future file are kept while they arrive. A device has no such file, and nothing is
 * kept for it.
 */
export function partialPath(out: string): string {
  return `${isTaken(out) || !isSpecial(out) ? out : 'assay-recording'}.partial.jsonl`;
}

/**
 * Opens the record of what was received so far, in the folder of the future file.
 *
 * @param mode `resume` continues with the record; `fresh` refuses it; `over` deletes it
 * @throws AssayError when there is an interrupted recording, or it was of something else
 */
export async function openPartial(
  out: string,
  plan: RecordingPlan,
  mode: 'resume' | 'fresh' | 'over',
): Promise<PartialRecording> {
  const path = partialPath(out);
  if (mode === 'over') await rm(path, { force: true });
  if (mode === 'fresh' && existsSync(path)) {
    throw new AssayError(`${path}: an interrupted recording is there`, {
      advice: 'go on with --resume, or start over with --force',
    });
  }
  const journal: Journal<Entry> = await openJournal<Entry>(path);
  try {
    const sha256 = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    for (const entry of journal.entries) accept<Entry>(validateEntry, entry, path);
    const [first] = journal.entries;
    if (first === undefined) await journal.append({ kind: 'plan', sha256 });
    else if (first.kind !== 'plan' || first.sha256 !== sha256) {
      throw new AssayError(`${path}: the interrupted recording was of other parameters, nonces or batches`, {
        advice: 'give the same flags as then, or start over with --force',
      });
    }
  } catch (error) {
    await journal.close();
    throw error;
  }
  return {
    path,
    vectorsOf: (round) =>
      new Map(
        journal.entries.flatMap((entry) =>
          entry.kind === 'batch' && entry.round === round ? entry.vectors : [],
        ),
      ),
    replicasOf: (round) =>
      new Map(
        journal.entries.flatMap((entry) =>
          entry.kind === 'batch' && entry.round === round && entry.replica !== undefined
            ? entry.vectors.map(([nonce]): [number, number] => [nonce, entry.replica as number])
            : [],
        ),
      ),
    add: (round, vectors, replica) =>
      journal.append({ kind: 'batch', round, vectors, ...(replica !== null && { replica }) }),
    async close() {
      await journal.close();
      if (!journal.entries.some(hasVectors)) await rm(path, { force: true });
    },
    async remove() {
      await journal.close();
      await rm(path, { force: true });
    },
  };
}

function hasVectors(entry: Entry): boolean {
  return entry.kind === 'batch' && entry.vectors.length > 0;
}
