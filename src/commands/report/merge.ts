import { mergeReports, readFleetReport } from '../../fleet/merge.js';
import { renderFleetText } from '../../fleet/text.js';
import { writeFleetReports } from '../../fleet/write-reports.js';
import { lockFolder } from '../../journal/folder-lock.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';
import { tellOrSay } from '../tell-or-say.js';

export const command = defineCommand({
  usage: '<dir..>',
  description:
    'Makes one fleet report of several: of the shards that CI jobs validated, with outliers over all nodes. The exit code is the worst of the nodes’, and 1 when a shard is missing.',
  positionals: {
    dir: { type: 'string', array: true, demandOption: true, description: 'folders of fleet runs' },
  },
  options: {
    out: textFlag('out', 'write the reports into this folder'),
    json: { type: 'boolean', description: 'print the report as JSON' },
  },
  examples: [
    ['assay report merge shard-1 shard-2 --out fleet', 'tables, page, JUnit and JSON for all'],
    ['assay report merge shard-* --json', 'for a program'],
  ],
  async run({ dir: folders, out, json }, { terminal }) {
    const parts = await Promise.all([...new Set(folders)].map((folder) => readFleetReport(folder)));
    const report = mergeReports(parts, out ?? '.');
    if (out !== undefined) {
      await tellOrSay('the reports were not written', terminal.say, async () => {
        const unlock = await lockFolder(out);
        await writeFleetReports(out, report).finally(unlock);
      });
    }
    if (json) terminal.out(JSON.stringify(report, null, 2));
    else terminal.out(renderFleetText(report, out ?? folders.join(', '), terminal));
    return report.exit_code;
  },
});
