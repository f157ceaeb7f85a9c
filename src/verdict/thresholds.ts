/** The three numbers of the test. */
export interface StatTest {
  dist_threshold: number;
  p_mismatch: number;
  fraud_threshold: number;
}

export type StatTestKey = keyof StatTest;

/** Thresholds with the origin of each, for the audit trail. */
export interface ResolvedStatTest {
  values: StatTest;
  source: Record<StatTestKey, string>;
}

/** Some thresholds, and what to call the place they are from. */
export interface StatTestLayer {
  source: string;
  values: { [key in StatTestKey]?: number | undefined };
}

/** What a node uses for a key that nobody sets. */
const NODE_DEFAULTS: StatTestLayer = {
  source: 'node default',
  values: { dist_threshold: 0.02, p_mismatch: 0.001, fraud_threshold: 0.01 },
};

const KEYS: StatTestKey[] = ['dist_threshold', 'p_mismatch', 'fraud_threshold'];

/**
 * Resolves each threshold by itself; a later layer wins over an earlier one.
 *
 * @param layers lowest first: reference, chain, command line
 */
export function resolveStatTest(layers: StatTestLayer[]): ResolvedStatTest {
  const resolved: ResolvedStatTest = {
    values: { ...(NODE_DEFAULTS.values as StatTest) },
    source: {
      dist_threshold: NODE_DEFAULTS.source,
      p_mismatch: NODE_DEFAULTS.source,
      fraud_threshold: NODE_DEFAULTS.source,
    },
  };
  for (const { source, values } of layers) {
    for (const key of KEYS) {
      const value = values[key];
      if (value === undefined) continue;
      resolved.values[key] = value;
      resolved.source[key] = source;
    }
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
