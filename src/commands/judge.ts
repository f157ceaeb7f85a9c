import { renderText } from '../report/text.js';
import { rejudge } from '../validate/rejudge.js';
import { readSavedRun } from '../validate/saved-run.js';
import { defineCommand } from './command.js';
import { rateFlag } from './flags.js';

export const command = defineCommand({
  usage: '<run-dir>',
  description:
    'Judges a run again from its files, with other thresholds if given. It asks no node and changes no file. Exit 0 PASS, 2 FAIL, 1 INCOMPLETE.',
  positionals: {
    'run-dir': { type: 'string', demandOption: true, description: 'folder of a run' },
  },
  options: {
    threshold: rateFlag('threshold', 'L2 distance above which a nonce is a mismatch'),
    'p-mismatch': rateFlag('p-mismatch', 'mismatch rate that an honest node may have'),
    'fraud-threshold': rateFlag('fraud-threshold', 'a p-value below this is a FAIL'),
    strict: {
      type: 'boolean',
      description: 'warnings about the node become a FAIL; default: as in the run',
    },
    reference: { type: 'string', description: 'the reference, if it was moved' },
    json: { type: 'boolean', description: 'print the report as JSON, and nothing else' },
  },
  examples: [
    ['assay judge runs/validate_moonshotai-kimi-k2.6_2026-09-01_020304', 'the same verdict again'],
    ['assay judge runs/node1 --threshold 0.1737 --p-mismatch 0.1', 'the verdict with another threshold'],
    ['assay judge runs/node1 --strict --json', 'for a program'],
  ],
  async run(args, { terminal }) {
    const folder = args['run-dir'];
    const thresholds = {
      dist_threshold: args.threshold,
      p_mismatch: args['p-mismatch'],
      fraud_threshold: args['fraud-threshold'],
    };
    const report = rejudge(await readSavedRun(folder, args.reference), { thresholds, strict: args.strict });
    terminal.out(
      args.json
        ? JSON.stringify(report, null, 2)
        : renderText(report, { colors: terminal.colors, columns: terminal.columns, runFolder: folder }),
    );
    return report.exit_code;
  },
});
