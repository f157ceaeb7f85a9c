import { join } from 'node:path';
import { writeWhole } from '../files/write-whole.js';
import { hasReport } from '../run/files.js';
import { readReportOf } from '../run/read.js';
import { renderPairs } from '../terminal/table.js';
import { jsonText } from '../text/json.js';
import { type LifecycleEntry, lastResults, type NodeOutcome, type RunState, stateOf } from './entries.js';
import type { HostFile } from './host-file.js';
import { validationFolders } from './lifecycle-folder.js';

/** What this tool measured on a node at the end of its switch. */
interface NodeValidation {
  folder: string;
  verdict: string;
  n_total: number;
  n_mismatch: number;
  p_value: number;
}

/** One run, for the host's records and for programs. */
export interface HostReport {
  schema_version: 1;
  address: string;
  model: string;
  /** `unfinished` while the run can be resumed. */
  outcome: string;
  reason: string;
  exit_code: number;
  started_at: string | null;
  ended_at: string | null;
  rounds: RunState['rounds'];
  nodes: (NodeOutcome & { validation: NodeValidation | null })[];
}

/** Builds the run's report, as data and as text; it does not write a file. */
export async function hostReportOf(
  folder: string,
  host: HostFile,
  entries: readonly LifecycleEntry[],
  error?: { message: string; exitCode: number },
): Promise<{ report: HostReport; text: string }> {
  const { startedAt, rounds, ending } = stateOf(entries);
  const report: HostReport = {
    schema_version: 1,
    address: host.address,
    model: host.model,
    outcome: ending?.outcome ?? 'unfinished',
    reason: ending?.reason ?? error?.message ?? '',
    exit_code: ending?.exitCode ?? error?.exitCode ?? 1,
    started_at: startedAt,
    ended_at: ending?.at ?? null,
    rounds,
    nodes: await Promise.all(
      lastResults(rounds).map(async (node) => ({
        ...node,
        validation: await lastValidation(folder, node.id),
      })),
    ),
  };
  return { report, text: reportText(report) };
}

/** Writes `report.json` and `report.txt` into the run's folder. */
export async function writeHostReport(
  folder: string,
  { report, text }: Awaited<ReturnType<typeof hostReportOf>>,
): Promise<void> {
  await writeWhole(join(folder, 'report.json'), `${jsonText(report)}\n`);
  await writeWhole(join(folder, 'report.txt'), `${text}\n`);
}

async function lastValidation(folder: string, id: string): Promise<NodeValidation | null> {
  const last = (await validationFolders(folder, id)).at(-1);
  if (last === undefined || !hasReport(last)) return null;
  const { verdict, validation } = await readReportOf(last);
  if (validation === null) return null;
  const { n_total, n_mismatch, p_value } = validation.response;
  return { folder: last, verdict, n_total, n_mismatch, p_value };
}

/** A report in the form for people. */
function reportText({ outcome, reason, address, model, rounds, nodes }: HostReport): string {
  const pairs: [string, string][] = [
    ['outcome', outcome.replaceAll('_', ' ')],
    ['reason', reason],
    ['host', address],
    ['model', model],
    ...rounds.flatMap(({ epoch, snapshotHeight, results }): [string, string][] => {
      const { store, snapshot, fallback, poc } = results;
      const said = snapshot?.preEligible;
      return [
        [
          `epoch ${epoch}`,
          [
            store && (store.missed ? 'nothing was stored in time' : `${store.choice.kind} stored`),
            typeof said === 'boolean' &&
              (said
                ? `pre-eligible at the snapshot ${snapshotHeight}`
                : `not pre-eligible at the snapshot ${snapshotHeight}`),
            results.restore && 'nodes are back on the old model',
            fallback &&
              (fallback.why === null
                ? `then ${fallback.choice.kind} stored`
                : `then too late for ${fallback.choice.kind}`),
            poc && (poc.eligible ? 'eligible' : 'not eligible'),
          ]
            .filter((part) => typeof part === 'string')
            .join(', '),
        ],
      ];
    }),
    ...nodes.map((node): [string, string] => [node.id, nodeText(node)]),
  ];
  return renderPairs(pairs);
}

const CONFIG_TEXT = { new: 'new config', old: 'old config', neither: 'neither config' };
const CONFIG_WITH: Record<NodeOutcome['holds'], (why: string) => string> = {
  new: (why) => `new config, ${why}`,
  old: (why) => `old config, ${why}`,
  neither: (why) => `neither config, ${why}`,
};

function nodeText({ holds, why, validation }: HostReport['nodes'][number]): string {
  const config = CONFIG_TEXT[holds];
  if (validation === null) return why === null ? config : CONFIG_WITH[holds](why);
  const { verdict, n_mismatch, n_total, p_value } = validation;
  return `${config}, ${verdict} (${n_mismatch} of ${n_total} mismatches, p-value ${p_value.toPrecision(3)})`;
}
