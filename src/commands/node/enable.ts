import { defineCommand } from '../command.js';
import { setEnabled } from './enabled.js';
import { changeOptions } from './network-options.js';

export const command = defineCommand({
  usage: '<id>',
  description: 'Enables a node of your network node, after the checks.',
  positionals: { id: { type: 'string', demandOption: true, description: 'id of the node' } },
  options: changeOptions,
  examples: [['assay node enable node1', 'enable it']],
  run: (args, context) => setEnabled(true, args, context),
});
