import { dirname } from 'node:path';
import { AssayError, UsageError } from '../../errors.js';
import { RUN_REPORT_FILE } from '../../run/files.js';
import { findEarlierRun } from '../../run/find-earlier.js';
import { readReport } from '../../run/read.js';
import type { AssertionConfig } from '../../run/report.js';
import type { ValidateOptions } from '../../validate/options.js';
import { assertionsOfBaseline, METRIC_NAMES, parseAssertion } from '../../verdict/assertions.js';
import { requireOnce } from '../flags.js';

/** Flags that set expectations of a run: assertions and earlier runs. */
interface ExpectationFlags {
  model: string;
  assert?: string[] | undefined;
  baseline?: string | undefined;
  maxThroughputDrop?: string | undefined;
  maxP98Rise?: string | undefined;
  ownBaseline?: string | undefined;
}

/**
 * A node's assertions, and its own last PASS, in addition to its verdict. Everything is read before a node is
 * touched.
 *
 * @param nodeId the node whose run is meant in a folder of many; undefined: the folder is one run
 * @throws UsageError for an invalid assertion or percentage, AssayError for a baseline that cannot be read
 */
export async function expectationsOf(
  flags: ExpectationFlags,
  nodeId: string | undefined,
): Promise<Pick<ValidateOptions, 'assertions' | 'ownBaseline'>> {
  const assertions = [...(flags.assert ?? []).map(assertionOf), ...(await ofBaseline(flags, nodeId))];
  const own = await ownRunOf(flags, nodeId);
  return { ...(assertions.length > 0 && { assertions }), ...(own !== undefined && { ownBaseline: own }) };
}

function assertionOf(text: string): AssertionConfig {
  const parsed = parseAssertion(text);
  if (parsed !== null) return { ...parsed, source: '--assert' };
  throw new UsageError(`--assert ${text}: not an assertion`, {
    advice: `write it like throughput>=600 or 'mismatch_rate<=5%'; a metric is one of ${METRIC_NAMES.join('|')}`,
  });
}

async function ofBaseline(flags: ExpectationFlags, nodeId: string | undefined): Promise<AssertionConfig[]> {
  const { baseline: path, model } = flags;
  const limits = {
    throughputDrop: percentOf('max-throughput-drop', flags.maxThroughputDrop),
    p98Rise: percentOf('max-p98-rise', flags.maxP98Rise),
  };
  if (path === undefined) {
    if ((limits.throughputDrop ?? limits.p98Rise) === undefined) return [];
    throw new UsageError('--max-throughput-drop and --max-p98-rise need --baseline');
  }
  const source = `baseline ${path}`;
  const file = await findEarlierRun(path, { nodeId, model });
  if (file === null) return notInBaseline(limits, source, nodeId);
  const baseline = await readReport(file);
  if (baseline.config.model === model) return assertionsOfBaseline(baseline, limits, source);
  throw new AssayError(`baseline ${path} is of ${baseline.config.model}, not ${model}`);
}

/**
 * A new node has no earlier run: the user is told so, and only limits that were given by name fail.
 */
function notInBaseline(
  { throughputDrop, p98Rise }: { throughputDrop: number | undefined; p98Rise: number | undefined },
  source: string,
  nodeId = 'this node',
): AssertionConfig[] {
  const of = `${source} (no run of ${nodeId} in it)`;
  const none = (metric: string, operator: '>=' | '<=', limit: number | undefined): AssertionConfig => ({
    ...{ metric, operator, bound: null, source: of },
    ...(limit === undefined && { ifMeasured: true }),
  });
  return [none('throughput', '>=', throughputDrop), none('p98', '<=', p98Rise)];
}

/** In a folder with the runs of many nodes, a missing node has no run of its own yet. */
async function ownRunOf(
  { ownBaseline: path, model }: ExpectationFlags,
  nodeId: string | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const file = await findEarlierRun(path, { nodeId, model, onlyPass: true });
  if (file === null) return undefined;
  const { verdict, config } = await readReport(file);
  if (!file.endsWith(RUN_REPORT_FILE)) {
    throw new UsageError(`--own-baseline ${path} is a file`, {
      advice: "give the run's folder: its vectors are compared",
    });
  }
  const folder = dirname(file);
  if (config.model !== model)
    throw new AssayError(`own baseline ${path} is of ${config.model}, not ${model}`);
  if (verdict === 'PASS') return folder;
  throw new AssayError(`own baseline ${folder} is no PASS but ${verdict}`, {
    advice: "give the folder of the node's last PASS",
  });
}

/** `5%` as a fraction. */
function percentOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  requireOnce(name, text);
  const match = /^(\d+(?:\.\d+)?)\s?%$/.exec(text);
  if (match !== null) return Number(match[1]) / 100;
  throw new UsageError(`--${name} must be a percentage such as 5%`);
}
