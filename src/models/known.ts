import type { Artifact } from '../schemes/scheme.js';
import { vectorsSha256 } from '../schemes/vectors-sha256.js';
import { type KnownDistances, knownDistances, limitOf } from './distances.js';
import { referenceBySha, supersededBySha } from './facts.js';
import { findModel } from './load.js';
import type { KnownModel, KnownReference, SupersededReference } from './model-file.js';

/** The fields of a reference that matter here. */
export interface ReferenceSays {
  model: string;
  expected_distance?: { mean: number; sd: number; source?: string };
}

/** What is known of a model and of the reference in use. */
export interface KnownOfReference {
  /** null: no honest distances are known. */
  distances: KnownDistances | null;
  /** On what it was recorded; null where no model file knows these vectors. */
  reference: KnownReference | null;
  /** null: no file says that it must not be used. */
  superseded: SupersededReference | null;
  /** null: no file describes the model. */
  model: KnownModel | null;
}

/**
 * Looks up what is known of a model and a reference in the user's model files and those of the package.
 *
 * @param artifacts of the reference
 */
export async function knownOf(says: ReferenceSays, artifacts: Artifact[]): Promise<KnownOfReference> {
  const model = await findModel(says.model);
  const sha256 = vectorsSha256(artifacts);
  return {
    distances: distancesOf(model, says),
    reference: model && referenceBySha(model.file, sha256),
    superseded: model && supersededBySha(model.file, sha256),
    model,
  };
}

/** Distances of a model; those in its reference come before those of the model file. */
export function distancesOf(model: KnownModel | null, says: ReferenceSays): KnownDistances | null {
  const known = model && knownDistances(model.file);
  const own = says.expected_distance;
  if (own === undefined) return known;
  const source = own.source ?? 'expected_distance of the reference';
  return {
    band: { mean: own.mean, sd: own.sd, low: own.mean, high: own.mean, estimate: false, source },
    limit: limitOf(own.mean, model?.file.other_weights ?? []),
    other_weights: known?.other_weights ?? [],
  };
}
