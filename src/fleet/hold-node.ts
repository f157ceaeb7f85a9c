import { readableReportOf } from '../run/read.js';
import type { AssertionConfig } from '../run/report.js';
import { holdTo, isFailed, notMeasured, REGRESSED } from '../verdict/assertions.js';
import type { NodeResult } from './model.js';

/**
 * Checks the result of a node against assertions that were not set for its run.
 *
 * @param folder of its run: if it is missing, or has no report, every metric counts as not measured
 * @returns the result with the new failures added to the earlier ones, and exit code 4 in place of 0
 */
export async function heldNode(
  node: NodeResult,
  folder: string | null,
  assertions: AssertionConfig[],
): Promise<NodeResult> {
  const report = folder === null ? null : await readableReportOf(folder);
  const results =
    report === null ? notMeasured(assertions, 'its run is not here') : holdTo(assertions, report);
  const texts = results.filter(isFailed).map(({ text }) => text);
  const regressions = [...new Set([...(node.regressions ?? []), ...texts])];
  if (regressions.length === 0) return node;
  return { ...node, regressions, exit_code: node.exit_code === 0 ? REGRESSED : node.exit_code };
}
