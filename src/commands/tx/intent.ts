import { defineCommand } from '../command.js';
import { runTx, txModelPositional, txOptions } from './options.js';

export const command = defineCommand({
  usage: '<model>',
  description:
    "Declares that you will run PoC for a model. The chain forgets it at the end of the epoch's PoC validation.",
  positionals: { model: txModelPositional },
  options: txOptions,
  examples: [
    [
      'assay tx intent moonshotai/Kimi-K2.6 --from node-2 --node https://node3.gonka.ai',
      'check, send, confirm',
    ],
    ['assay tx intent moonshotai/Kimi-K2.6 --from node-2 --dry-run', 'print the command, send nothing'],
  ],
  run: (args, context) => runTx(args, { kind: 'intent' }, context),
});
