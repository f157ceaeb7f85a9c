import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '../errors.js';
import { readReportOf } from '../run/read.js';
import type { AssertionConfig, ValidateReport } from '../run/report.js';
import { holdTo, isFailed, notMeasured, REGRESSED } from '../verdict/assertions.js';
import type { NodeResult } from './model.js';

/**
 * Holds the result of a node to assertions that its run did not know.
 *
 * @param folder of its run: where that is not there, or has no report, nothing is known as measured
 * @returns the result with what failed beside what failed before, and exit code 4 in place of 0
 */
export async function heldNode(
  node: NodeResult,
  folder: string | null,
  assertions: AssertionConfig[],
): Promise<NodeResult> {
  const report = folder === null ? null : await reportIn(folder);
  const results =
    report === null ? notMeasured(assertions, 'its run is not here') : holdTo(assertions, report);
  const texts = results.filter(isFailed).map(({ text }) => text);
  const regressions = [...new Set([...(node.regressions ?? []), ...texts])];
  if (regressions.length === 0) return node;
  return { ...node, regressions, exit_code: node.exit_code === 0 ? REGRESSED : node.exit_code };
}

async function reportIn(folder: string): Promise<ValidateReport | null> {
  if (!existsSync(join(folder, 'validate_report.json'))) return null;
  try {
    return await readReportOf(folder);
  } catch (error) {
    if (error instanceof AssayError) return null;
    throw error;
  }
}
