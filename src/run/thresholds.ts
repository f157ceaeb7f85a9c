/** The three numbers of the test. */
export interface StatTest {
  dist_threshold: number;
  p_mismatch: number;
  fraud_threshold: number;
}

export type StatTestKey = keyof StatTest;

/** In the order in which they are shown. */
export const STAT_TEST_KEYS = ['dist_threshold', 'p_mismatch', 'fraud_threshold'] as const;

/** Thresholds with the source of each, for the audit trail. */
export interface ResolvedStatTest {
  values: StatTest;
  source: Record<StatTestKey, string>;
}

/** Source of thresholds that were given to `assay judge`. */
export const JUDGE_SOURCE = 'command line of assay judge';

/** Some thresholds, and the name of their source. */
export interface StatTestLayer {
  source: string;
  values: { [key in StatTestKey]?: number | undefined };
}

/** Source of a threshold that nobody gave: what a node takes then. It belongs to no model. */
export const NODE_DEFAULT = 'node default';

/** The defaults of a node in the prefill scheme. */
const NODE_DEFAULTS: ResolvedStatTest = {
  values: { dist_threshold: 0.02, p_mismatch: 0.001, fraud_threshold: 0.01 },
  source: { dist_threshold: NODE_DEFAULT, p_mismatch: NODE_DEFAULT, fraud_threshold: NODE_DEFAULT },
};

/**
 * Thresholds for chains of a model that has none: tau and the mismatch rate belong together, and the defaults
 * of the prefill scheme do not apply to them.
 */
export function untoldForChains({ source }: ResolvedStatTest): StatTestKey[] {
  return (['dist_threshold', 'p_mismatch'] as const).filter((key) => source[key] === NODE_DEFAULT);
}

/**
 * Resolves each threshold by itself; a later layer wins over an earlier one.
 *
 * @param layers lowest first: reference, chain, command line
 */
export function resolveStatTest(layers: StatTestLayer[]): ResolvedStatTest {
  return layers.reduce(withLayer, NODE_DEFAULTS);
}

/** The thresholds, replaced by those of one more layer. */
export function withLayer(base: ResolvedStatTest, { source, values }: StatTestLayer): ResolvedStatTest {
  const resolved = { values: { ...base.values }, source: { ...base.source } };
  for (const key of STAT_TEST_KEYS) {
    const value = values[key];
    if (value === undefined) continue;
    resolved.values[key] = value;
    resolved.source[key] = source;
  }
  return resolved;
}

/** The thresholds of a golden reference; its top-level `dist_threshold` comes before that of its `stat_test`. */
export function goldenThresholds(file: {
  dist_threshold?: number;
  stat_test?: { dist_threshold?: number; p_mismatch?: number; fraud_threshold?: number } | null;
}): StatTestLayer {
  return {
    source: 'reference',
    values: { ...file.stat_test, dist_threshold: file.dist_threshold ?? file.stat_test?.dist_threshold },
  };
}
