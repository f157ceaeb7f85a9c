import { defineCommand } from '../command.js';
import { runTx, txModelPositional, txOptions } from './options.js';

export const command = defineCommand({
  usage: '<model>',
  description: 'Clears what is stored for a model: intent, delegation or refusal.',
  positionals: { model: txModelPositional },
  options: txOptions,
  examples: [
    [
      'assay tx clear moonshotai/Kimi-K2.6 --from node-2 --node https://node3.gonka.ai',
      'check, send, confirm',
    ],
    ['assay tx clear moonshotai/Kimi-K2.6 --from node-2 --dry-run', 'print the command, send nothing'],
  ],
  run: (args, context) => runTx(args, { kind: 'none' }, context),
});
