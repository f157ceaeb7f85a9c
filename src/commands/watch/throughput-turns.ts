import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, UsageError } from '../../errors.js';
import { readReport } from '../../run/read.js';
import { parseDuration } from '../../text/duration.js';

/** When a node's throughput is measured: it is load, so that it has turns of its own. */
export interface ThroughputTurns {
  /** @param folder of the node's runs */
  isDue(folder: string): Promise<boolean>;
  measured(folder: string): void;
}

/** More runs than these are not looked through for the last measurement. */
const MOST_LOOKED_AT = 100;

/**
 * Without `--throughput-every` it is never measured. What an earlier watch measured counts.
 *
 * @throws UsageError for flags that do not fit together
 */
export function throughputTurns(args: {
  throughputEvery?: string | undefined;
  skipThroughput?: boolean | undefined;
}): ThroughputTurns {
  const { throughputEvery, skipThroughput } = args;
  if (throughputEvery === undefined) return { isDue: async () => false, measured() {} };
  if (skipThroughput === true) {
    throw new UsageError('--throughput-every and --skip-throughput cannot be used together', {
      advice: 'give one of them; without both, no throughput is measured',
    });
  }
  const everyMs = 1000 * parseDuration(throughputEvery, '--throughput-every');
  const lastAt = new Map<string, number>();
  return {
    async isDue(folder) {
      const last = lastAt.get(folder) ?? (await lastMeasuredIn(folder));
      lastAt.set(folder, last);
      return Date.now() - last >= everyMs;
    },
    measured: (folder) => lastAt.set(folder, Date.now()),
  };
}

/** Milliseconds since 1970; minus infinity where no run of the folder has measured it. */
async function lastMeasuredIn(folder: string): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).sort().reverse();
  for (const name of names.slice(0, MOST_LOOKED_AT)) {
    const path = join(folder, name, 'validate_report.json');
    if (!existsSync(path)) continue;
    try {
      const { throughput, timestamp } = await readReport(path);
      if (throughput !== null) return Date.parse(timestamp);
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
    }
  }
  return Number.NEGATIVE_INFINITY;
}
