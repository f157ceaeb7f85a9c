import type { GoldenReference } from '../golden/reference.js';
import { vectorsSha256 } from '../schemes/vectors-sha256.js';
import { supersededBySha } from './facts.js';
import { findModel } from './load.js';

/**
 * Why a reference must not be used any more, and which one to use, in words; null where its model file does
 * not say so. The reference is recognised by its vectors, under any file name.
 */
export async function supersededText({ file, artifacts }: GoldenReference): Promise<string | null> {
  const known = await findModel(file.model);
  const superseded = known === null ? null : supersededBySha(known.file, vectorsSha256(artifacts));
  if (superseded === null) return null;
  const successor = superseded.successor === undefined ? '' : `; take ${superseded.successor}`;
  return `superseded: ${superseded.reason}${successor}`;
}
