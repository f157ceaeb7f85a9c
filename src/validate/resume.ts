import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch } from '../batches/plan.js';
import { AssayError } from '../errors.js';
import { OBSERVATIONS_FILE, RUN_REPORT_FILE } from '../run/files.js';
import type { Observation } from '../run/observation.js';
import { readConfig, readObservations, readReport } from '../run/read.js';
import type { Coverage, ValidateConfig, ValidateReport } from '../run/report.js';
import { groupBy } from '../text/group-by.js';

/** A run that ended early, as its folder has it. */
export interface UnfinishedRun {
  folder: string;
  config: ValidateConfig;
  /** null when it was killed before its first phase ended. */
  report: ValidateReport | null;
}

/**
 * Reads a run that was killed or interrupted.
 *
 * @throws AssayError when it has a verdict, or when a file does not have the form that a run writes
 */
export async function readUnfinishedRun(folder: string): Promise<UnfinishedRun> {
  const config = await readConfig(folder);
  const reportPath = join(folder, RUN_REPORT_FILE);
  const report = existsSync(reportPath) ? await readReport(reportPath) : null;
  if (report !== null && report.verdict !== 'INCOMPLETE') {
    throw new AssayError(`run ${folder} is finished: ${report.verdict}`, {
      advice: 'read it with `assay report`, judge it again with `assay judge`, or start a new run',
    });
  }
  return { folder, config, report };
}

/**
 * Makes sure that both parts of a run ask the same node for the same thing.
 *
 * @throws AssayError that names the difference
 */
export function requireSameRun(folder: string, before: ValidateConfig, now: ValidateConfig): void {
  const parts: [what: string, part: (config: ValidateConfig) => unknown][] = [
    ['model', ({ model }) => model],
    ['node', ({ mlnode_url, node_id }) => [mlnode_url, node_id]],
    ['reference', ({ reference }) => reference.sha256],
    ['PoC parameters', ({ poc_params }) => Object.entries(poc_params).sort()],
    ['way of probing', ({ request }) => request ?? now.request ?? null],
    ['thresholds', ({ stat_test }) => Object.entries(stat_test.values).sort()],
    ['challenge', ({ challenge }) => challenge ?? null],
  ];
  for (const [what, part] of parts) {
    if (JSON.stringify(part(before)) === JSON.stringify(part(now))) continue;
    throw new AssayError(`run ${folder} was made with another ${what}`, {
      advice: 'resume it with its first inputs, or start a new run',
    });
  }
}

/**
 * The measurements of complete batches. The rest of a batch cannot be asked for alone, since the vectors
 * depend on which nonces share a batch. A batch counts once, even if it was answered several times. Only
 * where every replica is asked for each nonce does it count once for each replica.
 *
 * @throws AssayError when the measurements belong to another plan
 */
export async function wholeBatches(
  folder: string,
  batches: Batch[],
  nonces: number[],
  coverage: Coverage,
): Promise<Observation[]> {
  const isObserved = existsSync(join(folder, OBSERVATIONS_FILE));
  const observations = isObserved ? await readObservations(folder) : [];
  const groups = groupBy(observations, ({ batch, replica }) => `${batch}/${replica}`);
  const counted = new Set<number>();
  return [...groups.values()].flatMap((group) => {
    const batch = batches[(group[0] as Observation).batch];
    const wanted = new Set(batch && nonces.slice(batch.start, batch.start + batch.count));
    const seen = new Set(group.map(({ nonce }) => nonce));
    if (seen.size < group.length || !group.every(({ nonce }) => wanted.has(nonce))) {
      throw new AssayError(`run ${folder}: its measurements are not in the batches of this plan`, {
        advice: 'resume it with its first inputs, or start a new run',
      });
    }
    if (seen.size < wanted.size) return [];
    const { batch: index, further } = group[0] as Observation;
    const isShared = coverage === 'spread' || (coverage === 'auto' && further !== true);
    if (isShared && counted.has(index)) return [];
    if (isShared) counted.add(index);
    return group;
  });
}
