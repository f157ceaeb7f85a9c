import { findModel } from '../models/load.js';
import { schemeOf } from '../schemes/index.js';
import type { VectorForm } from '../schemes/scheme.js';
import { goldenThresholds, type StatTestLayer } from './thresholds.js';

/**
 * The thresholds that a reference brings; of one that brings none, as a recording of the network's scripts, those of
 * its model's file: a node's own defaults are figures of no model.
 *
 * @throws AssayError for a broken model file of the user's for this model
 */
export async function referenceThresholds(
  file: Parameters<typeof goldenThresholds>[0] & VectorForm & { model: string },
): Promise<StatTestLayer> {
  const own = goldenThresholds(file);
  // Those of a model file are of distances: they say nothing of the margins of chains.
  if (hasAny(own) || schemeOf(file).judgedBy === 'engine') return own;
  return (await thresholdsOfModel(file.model)) ?? own;
}

/** Those of a model file; undefined where there is none, or it sets none. */
export async function thresholdsOfModel(model: string): Promise<StatTestLayer | undefined> {
  const known = await findModel(model);
  if (known?.file.stat_test === undefined) return undefined;
  const { source: _, ...values } = known.file.stat_test;
  return { source: 'model file', values };
}

export function hasAny({ values }: StatTestLayer): boolean {
  return Object.values(values).some((value) => value !== undefined);
}
