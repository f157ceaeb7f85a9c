import { AssayError } from '../errors.js';
import { renderText } from '../report/text.js';
import { worstExitCode } from '../run/exit-code.js';
import type { ValidateReport } from '../run/report.js';
import { jsonText } from '../text/json.js';
import { rejudge } from '../validate/rejudge.js';
import { readSavedRun } from '../validate/saved-run.js';
import { defineCommand } from './command.js';
import { rateFlag, textFlag } from './flags.js';

export const command = defineCommand({
  usage: '<run-dir..>',
  description:
    'Judges runs again from their files, with other thresholds if given. It asks no node and changes no file. The exit code is the worst of the runs: 2 FAIL, 1 INCOMPLETE, 0 PASS.',
  positionals: {
    'run-dir': { type: 'string', array: true, demandOption: true, description: 'folders of runs' },
  },
  options: {
    threshold: rateFlag('threshold', 'L2 distance above which a nonce is a mismatch'),
    'p-mismatch': rateFlag('p-mismatch', 'mismatch rate that an honest node may have'),
    'fraud-threshold': rateFlag('fraud-threshold', 'a p-value below this is a FAIL'),
    strict: {
      type: 'boolean',
      description: 'warnings about the node become a FAIL; default: as in the run',
    },
    reference: textFlag('the reference, if it was moved'),
    json: {
      type: 'boolean',
      description: 'print the report as JSON, and nothing else; of several runs a list',
    },
  },
  examples: [
    ['assay judge runs/validate_moonshotai-kimi-k2.6_2026-09-01_020304', 'the same verdict again'],
    ['assay judge runs/* --strict', 'several runs, one after the other'],
    ['assay judge runs/node1 --threshold 0.1737 --p-mismatch 0.1', 'the verdict with another threshold'],
    ['assay judge runs/node1 --strict --json', 'for a program'],
  ],
  async run(args, { terminal }) {
    const thresholds = {
      dist_threshold: args.threshold,
      p_mismatch: args['p-mismatch'],
      fraud_threshold: args['fraud-threshold'],
    };
    const folders = args['run-dir'];
    const judged: { folder: string; report: ValidateReport }[] = [];
    const codes: number[] = [];
    for (const folder of folders) {
      try {
        const run = await readSavedRun(folder, args.reference);
        judged.push({ folder, report: rejudge(run, { thresholds, strict: args.strict }) });
      } catch (error) {
        // One run that cannot be read must not hide the results of the others.
        if (folders.length === 1 || !(error instanceof AssayError)) throw error;
        terminal.say(`assay: ${error.line}`);
        codes.push(error.exitCode);
      }
    }
    const reports = judged.map(({ report }) => report);
    if (args.json) terminal.out(jsonText(folders.length === 1 ? reports[0] : reports));
    else
      for (const { folder, report } of judged)
        terminal.out(
          renderText(report, {
            ...{ colors: terminal.colors, columns: terminal.columns, runFolder: folder, judgedAgain: true },
          }),
        );
    return worstExitCode([...codes, ...reports.map(({ exit_code }) => exit_code)]);
  },
});
