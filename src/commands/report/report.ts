import { join, resolve } from 'node:path';
import { printable } from '../../clean.js';
import { writeWhole } from '../../files/write-whole.js';
import { renderers, reportFormats } from '../../report/renderers.js';
import { appendStepSummary, FILE_NAMES } from '../../report/write-reports.js';
import { readRun } from '../../run/read.js';
import type { Terminal } from '../../terminal/terminal.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';

export const command = defineCommand({
  usage: '<run>',
  description:
    'Renders a finished run. Exit 0 when it is written, for any verdict. The format github prints workflow commands and, inside GitHub Actions, adds the Markdown to the step summary.',
  positionals: {
    run: { type: 'string', demandOption: true, description: "the run's folder" },
  },
  options: {
    format: { choices: reportFormats, default: 'text', description: 'output format' },
    out: textFlag('write to this file instead of stdout'),
    open: {
      type: 'boolean',
      description:
        "write the HTML page, into the run's folder without --out, and show it in the system's browser",
    },
  },
  examples: [
    ['assay report runs/validate_… --format html --out report.html', 'one page to read, send or print'],
    ['assay report runs/validate_… --open', 'the page in a browser, now'],
    ['assay report runs/validate_… --format markdown', 'for an issue or a chat'],
    ['assay report runs/validate_… --format junit --out junit.xml', 'for a CI system'],
    ['assay report runs/validate_… --format github', 'annotations and summary in a GitHub workflow'],
  ],
  async run({ run: folder, format, out, open }, { terminal }) {
    const run = await readRun(folder);
    if (open === true)
      return showPage(out ?? join(folder, FILE_NAMES.html), await renderers.html(run), terminal.say);
    const text = await renderers[format](run);
    if (out === undefined) print(format, text.trimEnd(), terminal);
    else {
      await writeWhole(out, text);
      terminal.say(`${format} report written to ${out}`);
    }
    // Behind the annotations: they do not depend on the page that the CI system names.
    if (format === 'github') await appendStepSummary(await renderers.markdown(run));
    return 0;
  },
});

/** Markdown is pasted elsewhere: it stays as it is in a file, neither folded nor translated. */
function print(format: string, text: string, terminal: Terminal): void {
  if (format === 'github') terminal.command(text);
  else if (format === 'markdown') terminal.command(printable(text, false));
  else terminal.out(text);
}

async function showPage(path: string, page: string, say: (text: string) => void): Promise<number> {
  await writeWhole(path, page);
  say(`page written to ${path}`);
  await (await import('./open.js')).openInBrowser(resolve(path), say);
  return 0;
}
