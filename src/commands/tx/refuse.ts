import { defineCommand } from '../command.js';
import { runTx, txModelPositional, txOptions } from './options.js';

export const command = defineCommand({
  usage: '<model>',
  description:
    'Refuses to take part in a model. In a bootstrap the chain treats that like no choice: read the warning.',
  positionals: { model: txModelPositional },
  options: txOptions,
  examples: [
    [
      'assay tx refuse moonshotai/Kimi-K2.6 --from node-2 --node https://node3.gonka.ai',
      'check, send, confirm',
    ],
    ['assay tx refuse moonshotai/Kimi-K2.6 --from node-2 --dry-run', 'print the command, send nothing'],
  ],
  run: (args, context) => runTx(args, { kind: 'refusal' }, context),
});
