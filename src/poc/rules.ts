import { compareVersions, versionNumbers } from '../chain/rules/version.js';

/** The rules by which this project computes a PoC, and how well they fit the present chain. */
export interface PocRules {
  /** Chain versions whose source code the rules follow. */
  name: string;
  chainVersion: string | null;
  /** Null where the rules are those of the chain; else a warning for the reader. */
  warning: string | null;
}

/**
 * The rules follow these sources. The changes of v0.2.16 and v0.2.17 are visible in the answers themselves.
 */
const OLDEST = [0, 2, 14] as const;
const NEWEST = [0, 2, 17] as const;
const NAME = 'v0.2.14 to v0.2.17';

/**
 * Names the rules for a chain's version. There is only one set: the answers show what differs between
 * versions (coefficients by epoch, schemes of a model).
 *
 * @param version as the node reports it, for example `v0.2.16`; empty where it does not
 */
export function pocRules(version: string): PocRules {
  const parts = versionNumbers(version);
  if (parts === undefined)
    return {
      name: NAME,
      chainVersion: version || null,
      warning: `the node does not report the chain version: it is not known whether the rules of ${NAME} apply`,
    };
  const warning =
    compareVersions(parts, NEWEST) > 0
      ? `the chain is ${version}, newer than the rules (${NAME}): they may have changed`
      : compareVersions(parts, OLDEST) < 0
        ? `the chain is ${version}, older than the rules (${NAME}): its decision may differ`
        : null;
  return { name: NAME, chainVersion: version, warning };
}

/** The rules for a program. */
export function rulesJson({ name, chainVersion, warning }: PocRules) {
  return { name, chain_version: chainVersion, warning };
}
