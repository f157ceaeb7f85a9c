import { renderText } from '../report/text.js';
import { rejudge } from '../validate/rejudge.js';
import { readSavedRun } from '../validate/saved-run.js';
import { defineCommand } from './command.js';
import { rateFlag } from './flags.js';

export const command = defineCommand({
  usage: '<run-dir>',
  description:
    'Judges a run again from what it wrote, with other thresholds if given. Asks no node and changes no file. Exit 0 pass, 2 fraud, 1 no verdict.',
  positionals: {
    'run-dir': { type: 'string', demandOption: true, description: 'folder of a run' },
  },
  options: {
    threshold: rateFlag('threshold', 'L2 distance above which a nonce mismatches'),
    'p-mismatch': rateFlag('p-mismatch', 'mismatch rate that an honest node may have'),
    'fraud-threshold': rateFlag('fraud-threshold', 'a p-value below it is fraud'),
    strict: {
      type: 'boolean',
      description: 'warnings of self-check and distances are FAIL; default: as the run had it',
    },
    reference: { type: 'string', description: 'the golden reference, where it was moved' },
    json: { type: 'boolean', description: 'print the report as JSON, and nothing else' },
  },
  examples: [
    ['assay judge runs/validate_moonshotai-kimi-k2.6_2026-09-01_020304', 'the same verdict again'],
    ['assay judge runs/node1 --threshold 0.1737 --p-mismatch 0.1', 'what another gate would have said'],
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
