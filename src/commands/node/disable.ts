import { defineCommand } from '../command.js';
import { setEnabled } from './enabled.js';
import { changeOptions } from './network-options.js';

export const command = defineCommand({
  usage: '<id>',
  description: 'Disables a node of your network node, after the checks. It serves until the epoch ends.',
  positionals: { id: { type: 'string', demandOption: true, description: 'id of the node' } },
  options: changeOptions,
  examples: [['assay node disable node1', 'disable it at the end of the epoch']],
  run: (args, context) => setEnabled(false, args, context),
});
