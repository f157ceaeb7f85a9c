import { defineCommand } from '../command.js';
import { runTx, txModelPositional, txOptions } from './options.js';

export const command = defineCommand({
  usage: '<model> <delegatee>',
  description: 'Delegates your voting power for a model to another host, until another choice replaces it.',
  positionals: {
    model: txModelPositional,
    delegatee: { type: 'string', demandOption: true, description: 'address of the other host, gonka1…' },
  },
  options: {
    ...txOptions,
    'check-share': { type: 'boolean', description: "look up every host to find the delegate's voting power" },
  },
  examples: [
    [
      'assay tx delegate moonshotai/Kimi-K2.6 gonka1… --from node-2 --node https://node3.gonka.ai',
      'check, send, confirm',
    ],
    ['assay tx delegate moonshotai/Kimi-K2.6 gonka1… --from node-2 --check-share', 'with its share'],
  ],
  run: (args, context) => runTx(args, { kind: 'delegation', delegateTo: args.delegatee }, context),
});
