import { createColors } from 'picocolors';
import { UsageError } from '../errors.js';
import { writeWhole } from '../files/write-whole.js';
import { findRuns } from '../report/history/find-runs.js';
import { filtered, type History, historiesOf } from '../report/history/history.js';
import { readHistory } from '../report/history/read.js';
import type { Terminal } from '../terminal/terminal.js';
import { parseDuration } from '../text/duration.js';
import { counted } from '../text/figures.js';
import { jsonText } from '../text/json.js';
import { linesInLanguage } from '../text/language.js';
import { defineCommand } from './command.js';
import { numberFlag, textFlag, textsFlag } from './flags.js';

export const command = defineCommand({
  usage: '<run..>',
  description:
    'Shows many runs in one table or page: distances, throughput and verdict over time for each node and model, and what changed between two runs. Exit 0 for any verdicts.',
  positionals: {
    run: {
      type: 'string',
      array: true,
      demandOption: true,
      description: 'run folders, or folders that hold some',
    },
  },
  options: {
    format: { choices: ['text', 'html', 'json'], default: 'text', description: 'output format' },
    out: textFlag('write to this file instead of stdout'),
    since: textFlag('runs since then: 24h, or a date such as 2026-11-01'),
    last: numberFlag('last', 'this many latest runs of each node', { min: 1, integer: true }),
    node: textsFlag('only runs of this node, by its id or URL; repeatable'),
    failed: { type: 'boolean', description: 'only runs that did not pass, or drifted' },
  },
  examples: [
    ['assay history runs', 'every run below a folder'],
    ['assay history watch/NAME --since 24h --failed', 'what failed in a day in the fleet NAME'],
    ['assay history runs --format html --out history.html', 'one page with the trends'],
  ],
  async run({ run: paths, format, out, since, last, node, failed }, { terminal }) {
    const filter = { since: sinceOf(since), last, nodes: node, failed };
    const runs = await readHistory(await findRuns(paths), (folder, error) => {
      // One broken run must not hide the others, unless it is the only one that was asked for.
      if (paths.includes(folder)) throw error;
      terminal.say(`left out: ${error.line}`);
    });
    const histories = filtered(historiesOf(runs), filter);
    const text = await render(
      format,
      histories,
      out === undefined ? terminal : { colors: createColors(false) },
    );
    if (out === undefined) terminal.out(text.trimEnd());
    else {
      await writeWhole(out, format === 'text' ? linesInLanguage(text) : text);
      const count = histories.reduce((sum, { entries }) => sum + entries.length, 0);
      terminal.say(`history of ${counted(count, 'run')} written to ${out}`);
    }
    return 0;
  },
});

/** Reads a date, or a time span before now; returns milliseconds since 1970. */
function sinceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return at;
    throw new UsageError(`--since ${text}: no date`, { advice: 'write it like 2026-11-01 or 24h' });
  }
  return Date.now() - 1000 * parseDuration(text, '--since');
}

async function render(
  format: string,
  histories: History[],
  terminal: Pick<Terminal, 'colors' | 'columns'>,
): Promise<string> {
  if (format === 'json') return `${jsonText(histories)}\n`;
  if (format === 'html') return (await import('../report/html/history-page.js')).renderHistoryPage(histories);
  return `${(await import('../report/history/text.js')).renderHistoryText(histories, terminal)}\n`;
}
