import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, UsageError } from '../../errors.js';
import { RUN_REPORT_FILE } from '../../run/files.js';
import { readReport } from '../../run/read.js';
import type { ValidateReport } from '../../run/report.js';
import { parseDuration } from '../../text/duration.js';

/** The schedule of an action that not every round does. */
export interface Turns {
  /** @param folder of the node's runs */
  isDue(folder: string): Promise<boolean>;
  done(folder: string): void;
}

/** Most runs that are searched for the last turn. */
const MOST_LOOKED_AT = 100;

/**
 * Throughput is load: without `--throughput-every` it is never measured. Measurements of an earlier watch
 * count.
 *
 * @throws UsageError for flags that do not fit together
 */
export function throughputTurns(args: {
  throughputEvery?: string | undefined;
  skipThroughput?: boolean | undefined;
}): Turns {
  const { throughputEvery, skipThroughput } = args;
  if (throughputEvery !== undefined && skipThroughput === true) {
    throw new UsageError('--throughput-every and --skip-throughput cannot be used together', {
      advice: 'give one of them; without both, no throughput is measured',
    });
  }
  return turns(throughputEvery, '--throughput-every', ({ throughput }) => throughput !== null);
}

/**
 * A challenge asks for other nonces each time: without `--reference-every` no two runs of a node are
 * comparable.
 *
 * @throws UsageError for flags that do not fit together
 */
export function referenceTurns(args: {
  challenge?: number | undefined;
  referenceEvery?: string | undefined;
}): Turns {
  const { challenge, referenceEvery } = args;
  if (referenceEvery !== undefined && challenge === undefined) {
    throw new UsageError('--reference-every is for a watch with --challenge', {
      advice: 'leave it out: without --challenge every round asks for the nonces of the reference',
    });
  }
  return turns(referenceEvery, '--reference-every', isOfReference);
}

/** A run that asked for the nonces of the reference, which are always the same. */
export function isOfReference({ config, validation }: ValidateReport): boolean {
  return config.challenge === undefined && validation !== null;
}

/** @param every undefined: never */
function turns(every: string | undefined, flag: string, hadIt: (report: ValidateReport) => boolean): Turns {
  if (every === undefined) return { isDue: async () => false, done() {} };
  const everyMs = 1000 * parseDuration(every, flag);
  const lastAt = new Map<string, number>();
  return {
    async isDue(folder) {
      const last = lastAt.get(folder) ?? (await lastIn(folder, hadIt));
      lastAt.set(folder, last);
      return Date.now() - last >= everyMs;
    },
    done: (folder) => lastAt.set(folder, Date.now()),
  };
}

/** Milliseconds since 1970; minus infinity when no run of the folder did it. */
async function lastIn(folder: string, hadIt: (report: ValidateReport) => boolean): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).sort().reverse();
  for (const name of names.slice(0, MOST_LOOKED_AT)) {
    const path = join(folder, name, RUN_REPORT_FILE);
    if (!existsSync(path)) continue;
    try {
      const report = await readReport(path);
      if (hadIt(report)) return Date.parse(report.timestamp);
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
    }
  }
  return Number.NEGATIVE_INFINITY;
}
