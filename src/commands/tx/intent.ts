import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';
import { runTx, txModelPositional, txOptions } from './options.js';

export const command = defineCommand({
  usage: '<model>',
  description:
    "Declares that you will run PoC for a model. The chain forgets it at the end of the epoch's PoC validation.",
  positionals: { model: txModelPositional },
  options: {
    ...txOptions,
    granter: textFlag('your host’s own address, where --from is a warm key of it (chain v0.2.16 and newer)'),
  },
  examples: [
    [
      'assay tx intent moonshotai/Kimi-K2.6 --from node-2 --node https://node3.gonka.ai',
      'check, send, confirm',
    ],
    ['assay tx intent moonshotai/Kimi-K2.6 --from node-2 --dry-run', 'print the command, send nothing'],
    [
      'assay tx intent moonshotai/Kimi-K2.6 --from warm --granter gonka1… --node https://node3.gonka.ai',
      'signed by a warm key',
    ],
  ],
  run: (args, context) => runTx(args, { kind: 'intent' }, context),
});
