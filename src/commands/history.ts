import { createColors } from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { AssayError } from '../errors.js';
import { writeWhole } from '../files/write-whole.js';
import { findRuns } from '../report/history/find-runs.js';
import { type History, historiesOf } from '../report/history/history.js';
import { readReportOf } from '../run/read.js';
import { counted } from '../text/figures.js';
import { defineCommand } from './command.js';

export const command = defineCommand({
  usage: '<run..>',
  description:
    'Reads many runs into one table or page: distances, throughput and verdict over time for each node and model, and what changed between two runs. Exit 0 whatever the verdicts.',
  positionals: {
    run: {
      type: 'string',
      array: true,
      demandOption: true,
      description: 'run folders, or folders that hold some',
    },
  },
  options: {
    format: { choices: ['text', 'html', 'json'], default: 'text', description: 'what to write' },
    out: { type: 'string', description: 'write to this file instead of stdout' },
  },
  examples: [
    ['assay history runs', 'every run below a folder'],
    ['assay history runs --format html --out history.html', 'one page with the trends'],
  ],
  async run({ run: paths, format, out }, { terminal }) {
    const runs = [];
    for (const folder of await findRuns(paths)) {
      try {
        runs.push({ folder, report: await readReportOf(folder) });
      } catch (error) {
        // One broken run must not hide the others, unless it is all that was asked for.
        if (!(error instanceof AssayError) || paths.includes(folder)) throw error;
        terminal.say(`left out: ${error.line}`);
      }
    }
    const text = await render(
      format,
      historiesOf(runs),
      out === undefined ? terminal.colors : createColors(false),
    );
    if (out === undefined) terminal.out(text.trimEnd());
    else {
      await writeWhole(out, text);
      terminal.say(`history of ${counted(runs.length, 'run')} written to ${out}`);
    }
    return 0;
  },
});

async function render(format: string, histories: History[], colors: Colors): Promise<string> {
  if (format === 'json') return `${JSON.stringify(histories, null, 2)}\n`;
  if (format === 'html') return (await import('../report/html/history-page.js')).renderHistoryPage(histories);
  return `${(await import('../report/history/text.js')).renderHistoryText(histories, colors)}\n`;
}
