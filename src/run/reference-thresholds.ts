import { findModel } from '../models/load.js';
import { schemeOf } from '../schemes/index.js';
import type { VectorForm } from '../schemes/scheme.js';
import { goldenThresholds, type StatTestLayer } from './thresholds.js';

/**
 * The thresholds of a reference. If it has none, as a recording of the network's scripts, those of its
 * model's file: the defaults of a node belong to no model.
 *
 * @throws AssayError for a broken model file of the user's for this model
 */
export async function referenceThresholds(
  file: Parameters<typeof goldenThresholds>[0] & VectorForm & { model: string },
): Promise<StatTestLayer> {
  const own = goldenThresholds(file);
  // The thresholds of a model file are for distances, not for the margins of chains.
  if (hasAny(own) || schemeOf(file).judgedBy === 'engine') return own;
  return (await thresholdsOfModel(file.model)) ?? own;
}

/** The thresholds of a model file; undefined if there is no file, or it sets none. */
export async function thresholdsOfModel(model: string): Promise<StatTestLayer | undefined> {
  const known = await findModel(model);
  if (known?.file.stat_test === undefined) return undefined;
  const { source: _, ...values } = known.file.stat_test;
  return { source: 'model file', values };
}

export function hasAny({ values }: StatTestLayer): boolean {
  return Object.values(values).some((value) => value !== undefined);
}
