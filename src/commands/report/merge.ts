import { join } from 'node:path';
import { heldNode } from '../../fleet/hold-node.js';
import { type FoundReport, mergeReports, readFleetReport } from '../../fleet/merge.js';
import { renderFleetText } from '../../fleet/text.js';
import { writeFleetReports } from '../../fleet/write-reports.js';
import { lockFolder } from '../../journal/folder-lock.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';
import { tellOrSay } from '../tell-or-say.js';
import { expectationsOf } from '../validate/expectations.js';
import { validateFlags } from '../validate/flags.js';

const { assert, baseline, 'max-throughput-drop': drop, 'max-p98-rise': rise } = validateFlags;

export const command = defineCommand({
  usage: '<dir..>',
  description:
    'Makes one fleet report of several: of the shards that CI jobs validated, with outliers over all nodes. The exit code is the worst of the nodes’, 1 when a shard is missing, and 4 when all passed and a node misses an assertion.',
  positionals: {
    dir: { type: 'string', array: true, demandOption: true, description: 'folders of fleet runs' },
  },
  options: {
    out: textFlag('write the reports into this folder'),
    json: { type: 'boolean', description: 'print the report as JSON' },
    ...{ assert, baseline, 'max-throughput-drop': drop, 'max-p98-rise': rise },
  },
  examples: [
    ['assay report merge shard-1 shard-2 --out fleet', 'tables, page, JUnit and JSON for all'],
    ['assay report merge shard-* --json', 'for a program'],
    [
      "assay report merge shard-1 shard-2 --assert 'p98<=0.5' --baseline fleets/yesterday",
      'each node held to an assertion, and against its own run of yesterday',
    ],
  ],
  async run({ dir: folders, out, json, ...asked }, { terminal }) {
    const found = await Promise.all([...new Set(folders)].map((folder) => readFleetReport(folder)));
    const parts = await Promise.all(found.map((part) => heldPart(part, asked)));
    const report = mergeReports(parts, out ?? '.');
    if (out !== undefined) {
      await tellOrSay('the reports were not written', terminal.say, async () => {
        const unlock = await lockFolder(out);
        await writeFleetReports(out, report).finally(unlock);
      });
    }
    if (json) terminal.out(jsonText(report));
    else terminal.out(renderFleetText(report, out ?? folders.join(', '), terminal));
    return report.exit_code;
  },
});

/**
 * A part whose nodes are checked against the assertions given here, each with its own run of the baseline.
 */
async function heldPart(
  { folder, report }: FoundReport,
  asked: Omit<Parameters<typeof expectationsOf>[0], 'model'>,
): Promise<FoundReport> {
  const nodes = [];
  for (const node of report.nodes) {
    const { assertions } = await expectationsOf({ ...asked, model: node.model }, node.id);
    const run = node.folder === null ? null : join(folder, node.folder);
    nodes.push(assertions === undefined ? node : await heldNode(node, run, assertions));
  }
  return { folder, report: { ...report, nodes } };
}
