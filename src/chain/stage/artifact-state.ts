import validateState from '../../schemas/generated/poc-artifact-state.js';
import { toBigInt, type WireInteger } from '../integer.js';
import { isAbsent, type ReadOptions, readNode } from '../read.js';

/** What a participant's own API reports about a stage. */
export interface ArtifactState {
  count: bigint;
  /** base64 */
  rootHash: string;
}

/** Reads a participant's artifact state; null where it has none for the stage, or deleted it. */
export async function readArtifactState(
  url: string,
  height: number,
  model: string,
  options?: ReadOptions,
): Promise<ArtifactState | null> {
  const query = new URLSearchParams({ height: String(height), model_id: model });
  try {
    const { count, root_hash } = await readNode<{ count?: WireInteger | null; root_hash?: string | null }>(
      url,
      `/v1/poc/artifacts/state?${query}`,
      validateState,
      options,
    );
    return { count: toBigInt(count), rootHash: root_hash ?? '' };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
