import { stat } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { resolveGoldenPath } from '../golden/catalog.js';
import { parseBaseUrl } from '../http/url.js';
import type { LiveRequest } from './live-request.js';
import { readRunSets } from './run-sets.js';
import type { Steps } from './threads.js';
import type { VectorSet } from './vector-set.js';

/** The possible sources of vectors. */
export type Source =
  | { kind: 'file'; path: string; bytes: number }
  | { kind: 'run'; path: string; bytes: number }
  | { kind: 'node'; url: string; bytes: 0 };

/** Distinguishes a URL, a run folder, a reference file, and a model whose reference is in the package. */
export async function resolveSource(text: string): Promise<Source> {
  if (/^https?:\/\//i.test(text)) return { kind: 'node', url: parseBaseUrl(text, 'source'), bytes: 0 };
  const found = await stat(text).catch(() => null);
  if (found?.isDirectory()) return { kind: 'run', path: text, bytes: 0 };
  const path = await resolveGoldenPath(text);
  return { kind: 'file', path, bytes: found?.size ?? 0 };
}

/** How sources are read. */
export interface SourceOptions {
  /** The model name to use for every file, independent of its content. */
  model?: string | undefined;
  /** Absent: a live node is refused. */
  live?: LiveRequest;
}

/**
 * Reads files and runs in parallel, then asks live nodes, and returns all in the order of the sources.
 *
 * @throws UsageError when nothing defines the request to a live node
 */
export async function readSources(
  sources: Source[],
  steps: Steps,
  { model, live }: SourceOptions = {},
): Promise<VectorSet[]> {
  const stored = await Promise.all(sources.map((source) => readStored(source, steps, model)));
  const guide = live?.guide ?? stored.flat()[0];
  const all = sources.map(async (source, i): Promise<VectorSet[]> => {
    if (source.kind !== 'node') return stored[i] as VectorSet[];
    if (live === undefined)
      throw new UsageError(`${source.url}: a file or a run folder is needed, not a node`);
    if (guide === undefined) {
      throw new UsageError('live nodes do not name the nonces to compute', {
        advice: 'also give a recording, or --reference FILE|MODEL',
      });
    }
    const { readLiveNode } = await import('./live-node.js');
    return [await readLiveNode(source.url, guide, live)];
  });
  return (await Promise.all(all)).flat();
}

async function readStored(source: Source, steps: Steps, model: string | undefined): Promise<VectorSet[]> {
  if (source.kind === 'file') return [await steps.read(source.path, model)];
  return source.kind === 'run' ? readRunSets(source.path) : [];
}
