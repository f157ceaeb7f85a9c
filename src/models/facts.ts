import type { KnownReference, ModelFile, SupersededReference } from './model-file.js';

/** The PoC batch of an engine without a configured one; null where the model file says nothing. */
export function engineBatch({ engine_batch }: ModelFile, gpu?: string): number | null {
  if (engine_batch === undefined) return null;
  return (gpu === undefined ? undefined : engine_batch.by_gpu[gpu]) ?? engine_batch.default;
}

/** What is known of a reference, by the hash of its vectors. */
export function referenceBySha(file: ModelFile, vectorsSha256: string): KnownReference | null {
  return file.references?.find(({ vectors_sha256 }) => vectors_sha256 === vectorsSha256) ?? null;
}

/** Why a reference must not be used any more, by the hash of its vectors; null where it may. */
export function supersededBySha(file: ModelFile, vectorsSha256: string): SupersededReference | null {
  return file.superseded?.find(({ vectors_sha256 }) => vectors_sha256 === vectorsSha256) ?? null;
}

/** The reasoning parser that a vLLM version needs; null where the model file names none for it. */
export function reasoningParser({ needs }: ModelFile, vllmVersion: string): string | null {
  const fits = needs?.reasoning_parser?.find(
    ({ vllm_from, vllm_below }) =>
      (vllm_from === undefined || isAtLeast(vllmVersion, vllm_from)) &&
      (vllm_below === undefined || !isAtLeast(vllmVersion, vllm_below)),
  );
  return fits?.parser ?? null;
}

/**
 * Whether a version of dotted numbers is at least another. Text after the numbers (`-post2`, `rc1`) is
 * ignored.
 */
export function isAtLeast(version: string, least: string): boolean {
  const parts = (text: string) => text.replace(/^v/, '').match(/\d+/g)?.map(Number) ?? [];
  const [have, want] = [parts(version), parts(least)];
  for (const [i, wanted] of want.entries()) {
    const own = have[i] ?? 0;
    if (own !== wanted) return own > wanted;
  }
  return true;
}
