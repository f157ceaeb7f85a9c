import { stat } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { resolveGoldenPath } from '../golden/catalog.js';
import { readRunSets } from './run-sets.js';
import type { Steps } from './threads.js';
import type { VectorSet } from './vector-set.js';

/** Where vectors can be had from. */
export type Source =
  | { kind: 'file'; path: string; bytes: number }
  | { kind: 'run'; path: string; bytes: number }
  | { kind: 'node'; url: string; bytes: 0 };

/** Tells a URL, a run folder, a reference file and the model of a reference that comes along apart. */
export async function resolveSource(text: string): Promise<Source> {
  if (/^https?:\/\//i.test(text)) return { kind: 'node', url: text, bytes: 0 };
  const found = await stat(text).catch(() => null);
  if (found?.isDirectory()) return { kind: 'run', path: text, bytes: 0 };
  const path = await resolveGoldenPath(text);
  return { kind: 'file', path, bytes: found?.size ?? 0 };
}

/** Reads files and runs side by side, in the order given. */
export async function readSources(sources: Source[], steps: Steps): Promise<VectorSet[]> {
  const sets = await Promise.all(
    sources.map(async (source): Promise<VectorSet[]> => {
      if (source.kind === 'file') return [await steps.read(source.path)];
      if (source.kind === 'run') return readRunSets(source.path);
      throw new UsageError(`${source.url}: live nodes are not compared yet`);
    }),
  );
  return sets.flat();
}
